using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;

namespace SwePlatform.AppHost.Embedded.LoadTest;

/// <summary>The subcommand <c>load-test</c>, which scripts/performance/run-load-tests.sh calls.</summary>
internal static class LoadTestCommand
{
    public static Command Define()
    {
        var url = new Option<string>("--url") { Description = "Address of the API (default: $API_URL, else http://localhost:8000)", HelpName = "URL", Recursive = true };
        var data = new Option<string>("--data") { Description = "Data folder of the platform, for the administrator's password (default: .data in the repository)", HelpName = "DIR", Recursive = true };
        var output = new Option<string>("--output") { Description = "Folder for results (default: $OUTPUT_DIR, else load-test-results)", HelpName = "DIR", Recursive = true };
        var quick = new Option<bool>("--quick") { Description = "Shortened stages", Recursive = true };
        var noReport = new Option<bool>("--no-report") { Description = "Do not store the run with the API", Recursive = true };
        var scenarios = new Option<string>("--scenarios") { Description = "File with scenarios, mix and thresholds (default: scripts/performance/scenarios.json)", HelpName = "FILE", Recursive = true };
        var scenario = new Argument<string>("scenario") { Description = "smoke, load, stress, spike, soak or breakpoint" };

        var into = new Option<string>("--into") { Description = "Markdown file that takes the figures (default: docs/PERFORMANCE.md)", HelpName = "FILE" };
        var baseline = new Command("baseline", "Measures throughput and latency at rising loads and the breaking point, and writes them into docs/PERFORMANCE.md") { into };
        baseline.SetAction((parsed, _) => GuardAsync(parsed, stop =>
            new Baseline.BaselineCommand(Settings(parsed), parsed.InvocationConfiguration.Output)
                .RunAsync(parsed.GetValue(into) ?? Path.Combine(Repository.Find().Root, "docs", "PERFORMANCE.md"), stop)));

        var file = new Argument<string>("summary") { Description = "A summary that k6 wrote" };
        var name = new Option<string>("--scenario") { Description = "Its scenario", HelpName = "NAME", Required = true };
        var started = new Option<DateTimeOffset>("--started") { Description = "When it began", HelpName = "TIME", Required = true };
        var seconds = new Option<double>("--seconds") { Description = "How long it took", HelpName = "N", Required = true };
        var report = new Command("report", "Stores a run that k6 made with the API") { file, name, started, seconds };
        report.SetAction((parsed, _) => GuardAsync(parsed, stop => new RunReport(Settings(parsed), parsed.InvocationConfiguration.Output)
            .StoreFileAsync(parsed.GetValue(file)!, parsed.GetValue(name)!, parsed.GetValue(started), parsed.GetValue(seconds), stop)));

        var command = new Command("load-test", "Runs a scenario of scripts/performance/scenarios.json on a running platform; exit code 99 if a threshold fails")
        {
            scenario, baseline, report, url, data, output, scenarios, quick, noReport,
        };
        command.SetAction((parsed, _) => GuardAsync(parsed, stop =>
            new ScenarioCommand(Settings(parsed), parsed.InvocationConfiguration.Output).RunAsync(parsed.GetValue(scenario)!, stop)));
        return command;

        LoadTestSettings Settings(ParseResult parsed) => LoadTestSettings.From(
            parsed.GetValue(url), parsed.GetValue(data), parsed.GetValue(output), parsed.GetValue(scenarios), parsed.GetValue(quick), !parsed.GetValue(noReport));
    }

    /// <summary>Ctrl-C ends a run early; it is still evaluated and written.</summary>
    private static async Task<int> GuardAsync(ParseResult parsed, Func<CancellationToken, Task<int>> action)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        try
        {
            return await action(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (HostException exception)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(exception.Message);
            return ExitCodes.CannotRun;
        }

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}

/// <summary>Those of k6, so that scripts need to know only one set.</summary>
internal static class ExitCodes
{
    public const int CannotRun = 1;
    public const int ThresholdsFailed = 99;
    public const int Interrupted = 105;
}

internal sealed record LoadTestSettings(Uri Address, string? Token, string? Password, string OutputFolder, string ScenarioFile, bool Quick, bool Report)
{
    public static LoadTestSettings From(string? url, string? data, string? output, string? scenarios, bool quick, bool report)
    {
        var address = url ?? Variable("API_URL") ?? string.Create(CultureInfo.InvariantCulture, $"http://localhost:{EmbeddedOptions.DefaultApiPort}");
        var passwordFile = Path.Combine(data ?? Path.Combine(Repository.Find().Root, ".data"), "admin-password");
        return new LoadTestSettings(
            Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : throw new HostException($"'{address}' is not an http address."),
            Variable("API_TOKEN"),
            Variable(EmbeddedOptions.AdminPasswordVariable) ?? (File.Exists(passwordFile) ? File.ReadAllText(passwordFile).Trim() : null),
            Path.GetFullPath(output ?? Variable("OUTPUT_DIR") ?? "load-test-results"),
            scenarios ?? LoadTest.ScenarioFile.StandardPath,
            quick,
            report);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
