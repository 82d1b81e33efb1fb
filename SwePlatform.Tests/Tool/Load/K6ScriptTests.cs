using System.Diagnostics;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Processes;
using Xunit;

namespace SwePlatform.Tests.Tool.Load;

public sealed class K6ScriptTests
{
    private static readonly string Scripts = Path.Combine(Checkout.Find().Root, "scripts", "performance");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_scripts_fit_the_types_of_k6()
    {
        Assert.SkipUnless(Find("npm"), "There is no npm on the PATH.");
        var folder = Path.Combine(Scripts, "k6");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "typescript")))
        {
            var installed = await RunAsync("npm", "ci", "--no-audit", "--no-fund", "--prefix", folder);
            Assert.SkipUnless(installed.Succeeded, "The types of k6 could not be installed.");
        }

        var check = await RunAsync("npm", "run", "check", "--prefix", folder);

        Assert.True(check.Succeeded, check.Output);
    }

    [Theory]
    [InlineData("--help", 0, "--runner RUNNER")]
    [InlineData("storm", 2, "smoke load stress spike soak breakpoint, all")]
    [InlineData("smoke --fast", 2, "no option --fast")]
    [InlineData("smoke --runner jmeter", 2, "no runner jmeter")]
    public async Task The_script_that_starts_them_explains_itself(string arguments, int exitCode, string text)
    {
        var outcome = await RunAsync(Path.Combine(Scripts, "run-load-tests.sh"), arguments.Split(' '));

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(text, outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_script_that_starts_them_says_that_no_api_answers()
    {
        Assert.SkipUnless(Find("curl"), "There is no curl on the PATH.");

        var outcome = await RunAsync(Path.Combine(Scripts, "run-load-tests.sh"), "smoke", "--runner", "builtin");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("No API answers at http://127.0.0.1:9", outcome.Output, StringComparison.Ordinal);
    }

    private static bool Find(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static Task<CapturedProgram.Outcome> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        start.Environment["API_URL"] = "http://127.0.0.1:9";
        start.Environment["OUTPUT_DIR"] = Path.GetTempPath();
        return CapturedProgram.RunAsync(start, Cancel);
    }
}
