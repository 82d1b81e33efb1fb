using System.CommandLine;
using SwePlatform.Tool.CommandLine;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Load.Baseline;

namespace SwePlatform.Tool.Load;

/// <summary>The command <c>load</c>, which scripts/performance/run-load-tests.sh calls.</summary>
internal static class LoadCommand
{
    private static readonly Option<string> Url = CommonOptions.Url();
    private static readonly Option<string> Data = CommonOptions.Data();

    private static readonly Option<string> Output = new("--output")
    {
        Description = $"Folder for results (default: ${Variables.OutputFolder}, else load-test-results)",
        HelpName = "DIR",
        Recursive = true,
    };

    private static readonly Option<bool> Quick = new("--quick") { Description = "Shortened stages", Recursive = true };
    private static readonly Option<bool> NoReport = new("--no-report")
    {
        Description = "Do not store the run with the API",
        Recursive = true,
    };

    private static readonly Option<string> Scenarios = new("--scenarios")
    {
        Description = "File with scenarios, mix and thresholds (default: scripts/performance/scenarios.json)",
        HelpName = "FILE",
        Recursive = true,
    };

    public static Command Define()
    {
        var scenario = new Argument<string>("scenario")
        {
            Description = "smoke, load, stress, spike, soak, breakpoint, or another of the file",
        };
        scenario.CompletionSources.Add("smoke", "load", "stress", "spike", "soak", "breakpoint");
        return new DocumentedCommand(
            "load",
            "Runs a load test on a running platform; exit code 99 if a threshold fails, 105 if it was interrupted",
            "swe load smoke",
            "swe load stress --quick --output results",
            "swe load baseline --into docs/PERFORMANCE.md",
            "API_TOKEN=swe_… swe load load --url https://swe.example.com --no-report"
        )
        {
            scenario,
            DefineBaseline(),
            DefineReport(),
            Url,
            Data,
            Output,
            Scenarios,
            Quick,
            NoReport,
        }.Runs(
            (parsed, stop) =>
                new ScenarioCommand(Settings(parsed), parsed.InvocationConfiguration.Output).RunAsync(parsed.GetValue(scenario)!, stop),
            LoadExitCode.CannotRun,
            LoadExitCode.Interrupted
        );
    }

    private static DocumentedCommand DefineBaseline()
    {
        var into = new Option<string>("--into")
        {
            Description = "Markdown file that takes the figures (default: docs/PERFORMANCE.md)",
            HelpName = "FILE",
        };
        return new DocumentedCommand(
            "baseline",
            "Measures throughput and latency at rising loads and the breaking point, and writes them into docs/PERFORMANCE.md",
            "swe load baseline",
            "swe load baseline --quick --into figures.md"
        )
        {
            into,
        }.Runs(
            (parsed, stop) =>
                new BaselineCommand(Settings(parsed), parsed.InvocationConfiguration.Output).RunAsync(
                    parsed.GetValue(into) ?? Path.Combine(Checkout.Find().Root, "docs", "PERFORMANCE.md"),
                    stop
                ),
            LoadExitCode.CannotRun,
            LoadExitCode.Interrupted
        );
    }

    private static DocumentedCommand DefineReport()
    {
        var file = new Argument<string>("summary") { Description = "A summary that k6 wrote" };
        var name = new Option<string>("--scenario")
        {
            Description = "Its scenario",
            HelpName = "NAME",
            Required = true,
        };
        var started = new Option<DateTimeOffset>("--started")
        {
            Description = "When it began",
            HelpName = "TIME",
            Required = true,
        };
        var seconds = new Option<double>("--seconds")
        {
            Description = "How long it took",
            HelpName = "N",
            Required = true,
        };
        return new DocumentedCommand(
            "report",
            "Stores a run that k6 made with the API",
            "swe load report smoke.json --scenario smoke --started 2026-01-31T12:00:00Z --seconds 60"
        )
        {
            file,
            name,
            started,
            seconds,
        }.Runs(
            (parsed, stop) =>
                new RunReport(Settings(parsed), parsed.InvocationConfiguration.Output).StoreFileAsync(
                    parsed.GetValue(file)!,
                    parsed.GetValue(name)!,
                    parsed.GetValue(started),
                    parsed.GetValue(seconds),
                    stop
                ),
            LoadExitCode.CannotRun,
            LoadExitCode.Interrupted
        );
    }

    private static LoadSettings Settings(ParseResult parsed) =>
        new(
            ApiTarget.Find(parsed.GetValue(Url), parsed.GetValue(Data), asAdministrator: true),
            Path.GetFullPath(parsed.GetValue(Output) ?? Variables.Read(Variables.OutputFolder) ?? "load-test-results"),
            parsed.GetValue(Scenarios) ?? ScenarioFile.StandardPath,
            parsed.GetValue(Quick),
            !parsed.GetValue(NoReport)
        );
}

/// <summary>Those of k6, so that scripts need to know only one set.</summary>
internal static class LoadExitCode
{
    public const int CannotRun = 1;
    public const int ThresholdsFailed = 99;
    public const int Interrupted = 105;
}

internal sealed record LoadSettings(ApiTarget Target, string OutputFolder, string ScenarioFile, bool Quick, bool Report);
