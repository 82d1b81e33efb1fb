using Microsoft.Extensions.Hosting;
using SwePlatform.ServiceDefaults.Hosting;
using Xunit;

namespace SwePlatform.Tests.Deployment;

public sealed class SecretFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("swe-secrets-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_is_a_setting_and_goes_before_the_environment()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "Auth__SigningKey"), "from the file\n");
        var builder = Builder(_folder.FullName);
        builder.Configuration["Auth:SigningKey"] = "from elsewhere";

        builder.AddSecretFiles();

        Assert.Equal("from the file", builder.Configuration["Auth:SigningKey"]);
    }

    [Fact]
    public void A_folder_that_was_named_has_to_be_there()
    {
        var missing = Path.Combine(_folder.FullName, "missing");

        Assert.Contains(
            missing,
            Assert.Throws<DirectoryNotFoundException>(Builder(missing).AddSecretFiles).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_usual_folder_need_not_be_there() => Builder("").AddSecretFiles();

    private static HostApplicationBuilder Builder(string folder) =>
        Host.CreateEmptyApplicationBuilder(new() { Args = [$"--{SecretFiles.Setting}={folder}"] });
}
