using Aspire.Hosting.ApplicationModel;
using SwePlatform.AppHost;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.AppHost;

public sealed class DataFolderTests : IDisposable
{
    private readonly TestDataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_run_on_the_same_data_is_told_which_process_holds_it()
    {
        using var first = DataFolder.Open(_folder.Path);

        var refusal = Assert.Throws<StartException>(() => DataFolder.Open(_folder.Path));

        Assert.Contains($"in use by another run (process {Environment.ProcessId})", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--data", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_released_directory_can_be_opened_again()
    {
        DataFolder.Open(_folder.Path).Dispose();

        using var second = DataFolder.Open(_folder.Path);

        Assert.Equal(_folder.Path, second.Root);
    }

    [Fact]
    public void A_file_in_its_place_is_a_clear_refusal()
    {
        File.WriteAllText(_folder.Path, "");

        var refusal = Assert.Throws<StartException>(() => DataFolder.Open(_folder.Path));

        Assert.Contains($"The data folder {_folder.Path} cannot be used", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_for_the_owner_only_and_stay_the_same()
    {
        using var data = DataFolder.Open(_folder.Path);
        var generator = new GenerateParameterDefault { MinLength = 64, Special = false };
        var made = new SecretFile(data.Secret("signing-key"), generator).GetDefaultValue();
        SecretFile.Write(data.AdminPasswordFile, "correct horse battery");

        Assert.Equal(made, new SecretFile(data.Secret("signing-key"), generator).GetDefaultValue());
        Assert.Equal("correct horse battery", new SecretFile(data.AdminPasswordFile, generator).GetDefaultValue());
        Assert.Equal(64, made.Length);
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var folder = Path.Combine(_folder.Path, "secrets");
        foreach (var file in (string[])[data.AdminPasswordFile, .. Directory.GetFiles(folder)])
        {
            Assert.Equal(ownerOnly, File.GetUnixFileMode(file));
        }
        Assert.Equal(ownerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }
}
