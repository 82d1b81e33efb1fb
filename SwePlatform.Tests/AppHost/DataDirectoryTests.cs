using SwePlatform.AppHost.Embedded;
using Xunit;

namespace SwePlatform.Tests.AppHost;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_run_on_the_same_data_is_told_which_process_holds_it()
    {
        using var first = DataDirectory.Open(_folder.Path);

        var refusal = Assert.Throws<HostException>(() => DataDirectory.Open(_folder.Path));

        Assert.Contains($"in use by another run (process {Environment.ProcessId})", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--data", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_released_directory_can_be_opened_again()
    {
        DataDirectory.Open(_folder.Path).Dispose();

        using var second = DataDirectory.Open(_folder.Path);

        Assert.Equal(_folder.Path, second.Root);
    }

    [Fact]
    public void A_file_in_its_place_is_a_clear_refusal()
    {
        File.WriteAllText(_folder.Path, "");

        var refusal = Assert.Throws<HostException>(() => DataDirectory.Open(_folder.Path));

        Assert.Contains($"The data directory {_folder.Path} cannot be used", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_for_the_owner_only_and_stay_the_same()
    {
        using var data = DataDirectory.Open(_folder.Path);
        var password = AdminPassword.Load(data, null);
        string[] made = [data.Secrets.PostgresPassword, data.Secrets.RedisPassword, data.Secrets.SigningKey];

        Assert.Equal([data.Secrets.PostgresPassword, data.Secrets.RedisPassword, data.Secrets.SigningKey], made);
        Assert.Equal(password, AdminPassword.Load(data, null));
        Assert.Equal(64, Convert.FromBase64String(data.Secrets.SigningKey).Length);
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

    [Fact]
    public void A_given_admin_password_replaces_the_one_in_use()
    {
        using var data = DataDirectory.Open(_folder.Path);
        AdminPassword.Load(data, null);

        Assert.Equal(new AdminPassword("correct horse battery", Reset: true), AdminPassword.Load(data, "correct horse battery"));
        Assert.Equal(new AdminPassword("correct horse battery", Reset: false), AdminPassword.Load(data, null));
        Assert.Contains("at least 12", Assert.Throws<HostException>(() => AdminPassword.Load(data, "short")).Message, StringComparison.Ordinal);
    }
}
