using System.CommandLine;
using System.Text.RegularExpressions;
using SwePlatform.Tool.CommandLine;
using Xunit;

namespace SwePlatform.Tests.Tool.CommandLine;

public sealed partial class SweCommandTests
{
    public static TheoryData<string> Commands => [.. All(SweCommand.Define()).Where(command => !command.Hidden).Select(CommandPath.Of)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_explains_itself_with_examples(string path)
    {
        var outcome = await Swe.CallAsync([.. path.Split(' ')[1..], "--help"]);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("Usage:", outcome.Output, StringComparison.Ordinal);
        Assert.True(path == "swe" || outcome.Output.Contains("Examples:", StringComparison.Ordinal), outcome.Output);
    }

    [Fact]
    public void Every_example_is_a_command_line_that_is_understood()
    {
        var root = SweCommand.Define();
        foreach (var example in All(root).OfType<DocumentedCommand>().SelectMany(command => command.Examples))
        {
            var line = ShellParts().Replace(example[(example.IndexOf("swe ", StringComparison.Ordinal) + 4)..], "");
            var parsed = root.Parse(line.Replace('\'', '"'));

            Assert.True(parsed.Errors.Count == 0, $"{example}: {string.Join(' ', parsed.Errors)}");
        }
    }

    [Theory]
    [InlineData("dance", "dance")]
    [InlineData("load", "swe load --help")]
    [InlineData("connect emacs", "'claude-code'")]
    [InlineData("bench search --runs 0", "0 is not a positive number")]
    [InlineData("database restore file", "--into DATABASE or --drill")]
    [InlineData("login --password-stdin --api-key-stdin", "either --password-stdin or --api-key-stdin")]
    public async Task A_wrong_call_is_named_and_ends_with_2(string arguments, string message)
    {
        var outcome = await Swe.CallAsync(arguments.Split(' '));

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_tells_its_version() => Assert.Matches(@"^\d+\.\d+\.\d+", (await Swe.CallAsync("--version")).Output);

    [Theory]
    [InlineData("lo", "load\nlogin\nlogout")]
    [InlineData("load sm", "smoke")]
    [InlineData("connect cl", "claude-code")]
    [InlineData("database restore --dr", "--drill")]
    public async Task Shells_are_told_how_a_line_can_go_on(string line, string expected)
    {
        var outcome = await Swe.CallAsync($"[suggest:{line.Length}]", line);

        Assert.Equal(expected, outcome.Output.ReplaceLineEndings("\n").Trim());
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _swe_complete swe")]
    [InlineData("zsh", "compdef _swe swe")]
    [InlineData("fish", "complete -c swe")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task There_is_a_script_for_each_shell(string shell, string text) =>
        Assert.Contains(text, (await Swe.CallAsync("completion", shell)).Output, StringComparison.Ordinal);

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    // Redirections, pipes, comments and the parentheses of a substitution are the shell's.
    [GeneratedRegex(@"\s+[<>|#] ?.*$|[()]")]
    private static partial Regex ShellParts();
}
