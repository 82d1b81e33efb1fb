using SwePlatform.Tests.Fixtures;
using SwePlatform.Tests.Tool.CommandLine;
using Xunit;

namespace SwePlatform.Tests.Tool.Check;

public sealed class CheckCommandTests(Platform platform)
{
    [Fact]
    public async Task It_prints_every_probe_with_its_verdict()
    {
        using var swe = new Swe(platform);

        var outcome = await swe.RunAsync("check");

        Assert.InRange(outcome.ExitCode, 0, 1);
        Assert.Matches(@"(?m)^  pass     .+: .+", outcome.Output);
        Assert.StartsWith(outcome.ExitCode == 0 ? "PASS:" : "FAIL:", outcome.Output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_platform_that_cannot_be_asked_is_told_apart_from_one_that_fails()
    {
        using var swe = new Swe();

        var outcome = await swe.RunAsync("check", "--url", "http://127.0.0.1:9");
        var stopped = await swe.RunAsync("check");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal(2, stopped.ExitCode);
        Assert.Contains("is not running. Start it with: ./run.sh", stopped.Error, StringComparison.Ordinal);
    }
}
