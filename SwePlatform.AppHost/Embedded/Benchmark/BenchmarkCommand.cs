using System.CommandLine;

namespace SwePlatform.AppHost.Embedded.Benchmark;

/// <summary>The subcommand <c>benchmark</c>, which scripts/performance/bench.sh calls.</summary>
internal static class BenchmarkCommand
{
    public static Command Define()
    {
        var starts = Count("--runs", "How often the API is started", 5);
        var startup = new Command("startup", "Measures how fast the API and the whole system start, and an idle API's memory") { starts };
        startup.SetAction((parsed, cancellationToken) => new StartupBenchmark(parsed.InvocationConfiguration.Output)
            .RunAsync(parsed.GetValue(starts), cancellationToken));

        var files = Count("--files", "How many files the searched repository has", 10_000);
        var searches = Count("--runs", "How often each query is run", 30);
        var search = new Command("search", "Measures code.search beside ripgrep on the same commit") { files, searches };
        search.SetAction((parsed, cancellationToken) => new SearchBenchmark(parsed.InvocationConfiguration.Output)
            .RunAsync(parsed.GetValue(files), parsed.GetValue(searches), cancellationToken));

        var history = Count("--commits", "How many commits the repository has beside the first", 300);
        var reads = Count("--runs", "How often each call is made", 50);
        var git = new Command("git", "Measures git.log, git.show and git.blame beside LibGit2Sharp and git cat-file --batch") { history, reads };
        git.SetAction((parsed, cancellationToken) => new GitBenchmark(parsed.InvocationConfiguration.Output)
            .RunAsync(parsed.GetValue(history), parsed.GetValue(reads), cancellationToken));

        var programs = Count("--runs", "How often the program is run", 50);
        var sandbox = new Command("sandbox", "Measures what the sandbox adds to the start of a program") { programs };
        sandbox.SetAction((parsed, cancellationToken) => new SandboxBenchmark(parsed.InvocationConfiguration.Output)
            .RunAsync(parsed.GetValue(programs), cancellationToken));

        var rounds = Count("--rounds", "How often each comparison is made", 5);
        var seconds = Count("--seconds", "How long each side is loaded in a round", 3);
        var connections = Count("--connections", "How many connections send requests", 500);
        var json = new Option<string>("--json") { Description = "File for the figures", HelpName = "FILE" };
        var api = new Command("api", "Compares the API with bare Kestrel and raw Npgsql in one run (needs wrk)") { rounds, seconds, connections, json };
        api.SetAction((parsed, cancellationToken) => new ApiBenchmark(parsed.InvocationConfiguration.Output)
            .RunAsync(parsed.GetValue(rounds), parsed.GetValue(seconds), parsed.GetValue(connections), parsed.GetValue(json), cancellationToken));

        return new Command("benchmark", "Measures this installation, on data of its own") { api, startup, search, git, sandbox };
    }

    private static Option<int> Count(string name, string description, int standard)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var count) && count > 0))
            {
                result.AddError($"{name}: {token.Value} is not a positive number.");
            }
        });
        return option;
    }
}
