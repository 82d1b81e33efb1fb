using System.CommandLine;

namespace SwePlatform.AppHost.Embedded.Benchmark;

/// <summary>The subcommand <c>benchmark</c>, which scripts/performance/bench.sh calls.</summary>
internal static class BenchmarkCommand
{
    public static Command Define() => new("benchmark", "Measures this installation");
}
