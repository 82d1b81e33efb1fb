using System.Text.Json;
using SwePlatform.Tests.Fixtures;
using SwePlatform.Tool.CommandLine;

namespace SwePlatform.Tests.Tool.CommandLine;

/// <summary>What a call of the command said, and how it ended.</summary>
internal sealed record SweOutcome(int ExitCode, string Output, string Error);

/// <summary>Calls the command in this process, on a data folder whose platform is the tests' own.</summary>
internal sealed class Swe : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("swe-command-");

    public Swe(Platform? platform = null)
    {
        if (platform is not null)
        {
            Write("admin-password", Platform.AdminPassword);
            Write(
                "run.json",
                JsonSerializer.Serialize(
                    new
                    {
                        Environment.ProcessId,
                        startedAt = TimeProvider.System.GetUtcNow(),
                        api = platform.Address,
                        database = platform.DatabaseConnectionString,
                    },
                    JsonSerializerOptions.Web
                )
            );
        }
    }

    /// <summary>Holds the data of the platform; tests may write there too.</summary>
    public string Folder => _folder.FullName;

    public static async Task<SweOutcome> CallAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await SweCommand.RunAsync(arguments, output, error);
        return new(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>As the administrator of the tests' platform.</summary>
    public Task<SweOutcome> RunAsync(params string[] arguments) => CallAsync([.. arguments, "--data", Folder]);

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
