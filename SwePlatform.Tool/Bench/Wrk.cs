using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SwePlatform.Tool.Bench;

/// <summary>What a run of wrk saw.</summary>
/// <param name="P99Ms">Of a closed loop: what its connections waited.</param>
internal sealed record WrkResult(double RequestsPerSecond, double P99Ms, long Failed);

/// <summary>Load by wrk: so light that on two processors it is the server that is measured.</summary>
internal static partial class Wrk
{
    /// <exception cref="CommandException">It is not installed, or fails.</exception>
    public static async Task<WrkResult> RunAsync(
        Uri address,
        int connections,
        int seconds,
        IReadOnlyDictionary<string, string> headers,
        string? body,
        CancellationToken cancellationToken
    )
    {
        // Headers hold a token, which is for no command line.
        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, Script(headers, body), cancellationToken);
            var start = new ProcessStartInfo(
                "wrk",
                ["-t2", $"-c{connections}", $"-d{seconds}s", "--latency", "--timeout", "10s", "-s", script, address.ToString()]
            )
            {
                RedirectStandardOutput = true,
            };
            using var process = Start(start);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? Parse(output) : throw new CommandException($"wrk failed: {output}");
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static string Script(IReadOnlyDictionary<string, string> headers, string? body)
    {
        var lines = headers.Select(header => $"wrk.headers[\"{header.Key}\"] = [==[{header.Value}]==]\n");
        return string.Concat(lines)
            + (
                body is null
                    ? ""
                    : $"wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.body = [==[{body}]==]\n"
            );
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new CommandException(
                "This benchmark needs wrk on the PATH (Debian: apt-get install wrk; macOS: brew install wrk).",
                exception
            );
        }
    }

    private static WrkResult Parse(string output)
    {
        var latency = Latency().Match(output);
        var failed = Failures().Match(output);
        return new(
            double.Parse(Rate().Match(output).Groups[1].Value, CultureInfo.InvariantCulture),
            double.Parse(latency.Groups[1].Value, CultureInfo.InvariantCulture)
                * latency.Groups[2].Value switch
                {
                    "us" => 0.001,
                    "ms" => 1,
                    "s" => 1000,
                    _ => 60_000,
                },
            failed.Success ? long.Parse(failed.Groups[1].Value, CultureInfo.InvariantCulture) : 0
        );
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s|m)")]
    private static partial Regex Latency();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex Failures();
}
