using System.CommandLine;
using SwePlatform.Tool.CommandLine;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Bench;

/// <summary>The command <c>bench</c>, which scripts/performance/bench.sh calls.</summary>
internal static class BenchCommand
{
    public static Command Define() =>
        new DocumentedCommand(
            "bench",
            "Measures this build on data of its own; exit code 1 if a target is missed",
            "swe bench startup",
            "swe bench search --files 5000 --runs 10"
        )
        {
            DefineApi(),
            DefineStartup(),
            DefineSearch(),
            DefineGit(),
            DefineSandbox(),
        };

    private static Command DefineApi()
    {
        var rounds = CommonOptions.Count("--rounds", "How often each comparison is made", 5);
        var seconds = CommonOptions.Count("--seconds", "How long each side is loaded in a round", 3);
        var connections = CommonOptions.Count("--connections", "How many connections send requests", 500);
        var json = new Option<string>("--json") { Description = "File for the figures", HelpName = "FILE" };
        return new DocumentedCommand(
            "api",
            "Compares the API with bare Kestrel and raw Npgsql in one run (needs wrk)",
            "swe bench api",
            "swe bench api --rounds 3 --seconds 2 --connections 100 --json figures.json"
        )
        {
            rounds,
            seconds,
            connections,
            json,
        }.Measures(
            (parsed, work, stop) =>
                new ApiBenchmark(work).RunAsync(
                    new(parsed.GetValue(rounds), parsed.GetValue(seconds), parsed.GetValue(connections)),
                    parsed.GetValue(json),
                    stop
                )
        );
    }

    private static Command DefineStartup()
    {
        var runs = CommonOptions.Count("--runs", "How often the API is started", 5);
        return new DocumentedCommand(
            "startup",
            "Measures how fast the API and the whole system start, and an idle API's memory",
            "swe bench startup --runs 3"
        )
        {
            runs,
        }.Measures((parsed, work, stop) => new StartupBenchmark(work).RunAsync(parsed.GetValue(runs), stop));
    }

    private static Command DefineSearch()
    {
        var files = CommonOptions.Count("--files", "How many files the searched repository has", 10_000);
        var runs = CommonOptions.Count("--runs", "How often each query is run", 30);
        return new DocumentedCommand(
            "search",
            "Measures code.search beside ripgrep on the same commit (needs rg)",
            "swe bench search --runs 10"
        )
        {
            files,
            runs,
        }.Measures((parsed, work, stop) => new SearchBenchmark(work).RunAsync(parsed.GetValue(files), parsed.GetValue(runs), stop));
    }

    private static Command DefineGit()
    {
        var commits = CommonOptions.Count("--commits", "How many commits the repository has beside the first", 300);
        var runs = CommonOptions.Count("--runs", "How often each call is made", 50);
        return new DocumentedCommand(
            "git",
            "Measures the git tools beside LibGit2Sharp and git cat-file --batch",
            "swe bench git --commits 100"
        )
        {
            commits,
            runs,
        }.Measures((parsed, work, stop) => new GitBenchmark(work).RunAsync(parsed.GetValue(commits), parsed.GetValue(runs), stop));
    }

    private static Command DefineSandbox()
    {
        var runs = CommonOptions.Count("--runs", "How often the program is run", 50);
        return new DocumentedCommand("sandbox", "Measures what the sandbox adds to the start of a program", "swe bench sandbox")
        {
            runs,
        }.Measures((parsed, work, stop) => new SandboxBenchmark(work).RunAsync(parsed.GetValue(runs), stop));
    }

    private static Command Measures(this Command command, Func<ParseResult, WorkProgress, CancellationToken, Task<int>> measure) =>
        command.Runs(
            (parsed, stop) =>
            {
                AppHost.RequireBuild();
                return WorkProgress.RunAsync(parsed.InvocationConfiguration.Output, work => measure(parsed, work, stop), quiet: true);
            }
        );
}
