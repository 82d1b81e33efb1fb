using System.CommandLine;

namespace SwePlatform.AppHost.Embedded.Benchmark;

/// <summary>The subcommand <c>benchmark</c>, which scripts/performance/bench.sh calls.</summary>
internal static class BenchmarkCommand
{
    private const int StandardRuns = 5;

    public static Command Define()
    {
        var runs = new Option<int>("--runs")
        {
            Description = "How often the API is started",
            HelpName = "N",
            DefaultValueFactory = _ => StandardRuns,
        };
        runs.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var count) && count > 0))
            {
                result.AddError($"--runs: {token.Value} is not a positive number.");
            }
        });
        var startup = new Command("startup", "Measures how fast the API and the whole system start, and an idle API's memory") { runs };
        startup.SetAction((parsed, cancellationToken) => new StartupBenchmark(parsed.InvocationConfiguration.Output)
            .RunAsync(parsed.GetValue(runs), cancellationToken));
        return new Command("benchmark", "Measures this installation, on data of its own") { startup };
    }
}
