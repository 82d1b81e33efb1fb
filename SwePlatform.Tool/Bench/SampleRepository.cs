using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SwePlatform.Tool.Bench;

/// <summary>A Git repository of source files that look like code, the same each time.</summary>
internal static class SampleRepository
{
    /// <summary>Who made one commit of seven.</summary>
    public const string Author = "Grace";

    private const int FilesPerFolder = 100;

    /// <summary>Writes and commits it; returns its size in bytes.</summary>
    public static async Task<long> WriteAsync(string folder, int files, CancellationToken cancellationToken)
    {
        // A fixed seed: two runs measure the same thing.
        var random = new Random(20_000);
        long bytes = 0;
        for (var file = 0; file < files; file++)
        {
            var path = Path.Combine(folder, $"part_{file / FilesPerFolder}", $"module_{file}.cs");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var text = Encoding.UTF8.GetBytes(Source(file, random));
            bytes += text.Length;
            await File.WriteAllBytesAsync(path, text, cancellationToken);
        }
        await GitAsync(folder, ["init", "--quiet", "--initial-branch=main"], cancellationToken);
        await GitAsync(folder, ["add", "--all"], cancellationToken);
        await GitAsync(
            folder,
            ["-c", "user.name=Benchmark", "-c", "user.email=benchmark@localhost", "commit", "--quiet", "--message=Sample"],
            cancellationToken,
            Date(0)
        );
        return bytes;
    }

    /// <summary>Commits further small changes, each to one file of the first folder; every tenth is to the first file.</summary>
    public static async Task AddHistoryAsync(string folder, int commits, CancellationToken cancellationToken)
    {
        for (var commit = 1; commit <= commits; commit++)
        {
            var path = Path.Combine(folder, "part_0", $"module_{(commit % 10 == 0 ? 0 : commit % FilesPerFolder)}.cs");
            await File.AppendAllTextAsync(path, $"// Change {commit.ToString(CultureInfo.InvariantCulture)}.\n", cancellationToken);
            await GitAsync(
                folder,
                [
                    "-c",
                    $"user.name={(commit % 7 == 0 ? Author : "Benchmark")}",
                    "-c",
                    "user.email=benchmark@localhost",
                    "-c",
                    "gc.auto=0",
                    "commit",
                    "--quiet",
                    "--all",
                    $"--message=Change {commit}",
                ],
                cancellationToken,
                Date(commit)
            );
        }
    }

    // One second apart, or their order would be anyone's guess.
    private static string Date(int commit) => $"@{1_700_000_000 + commit} +0000";

    private static string Source(int file, Random random)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"namespace Sample.Part_{file / FilesPerFolder};\n\n/// <summary>Module {file}.</summary>\n"
                + $"internal sealed class Module_{file}\n{{\n"
        );
        for (var method = random.Next(5, 40); method > 0; method--)
        {
            var number = random.Next(10_000);
            text.Append(
                CultureInfo.InvariantCulture,
                $"    // Combines what module_{number}_ knows with its own state.\n"
                    + $"    public int Compute_{number}(int value_{number}, string text)\n    {{\n"
                    + $"        var total = text.Length * {random.Next(100)};\n"
                    + $"        for (var index = 0; index < value_{number}; index++)\n        {{\n"
                    + $"            total += index % {random.Next(2, 50)};\n        }}\n"
                    + $"        return value_{number} + {random.Next(10)};\n    }}\n\n"
            );
        }
        return text.Append("}\n").ToString();
    }

    public static async Task GitAsync(string folder, string[] arguments, CancellationToken cancellationToken, string? date = null)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder };
        if (date is not null)
        {
            start.Environment["GIT_AUTHOR_DATE"] = start.Environment["GIT_COMMITTER_DATE"] = date;
        }
        using var process = Process.Start(start) ?? throw new CommandException("git could not be started.");
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new CommandException($"git {arguments[0]} failed.");
        }
    }
}
