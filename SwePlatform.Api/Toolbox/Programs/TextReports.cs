using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>
/// Reads what test runners print that write no report file. It may be made to be hard to read: expressions are linear
/// or have a time limit, and what is kept of it is bounded.
/// </summary>
internal static partial class TextReports
{
    private const int MaxTestOutput = 64 * 1024;

    /// <summary>Python's <c>unittest -v</c>.</summary>
    public static TestReport? ReadUnittest(string text, CancellationToken cancellationToken)
    {
        text = text.ReplaceLineEndings("\n");
        var ran = UnittestTotal().Match(text);
        if (!ran.Success)
        {
            return null;
        }
        var total = Number(ran, "total");
        var blocks = text.Split("======================================================================\n", StringSplitOptions.None)
            .Skip(1);
        var failures = new List<TestFailure>();
        foreach (var block in blocks.Take(TestTally.MaxFailures))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var head = UnittestFailure().Match(block);
            var body = block.Split("----------------------------------------------------------------------\n", 3);
            if (head.Success && body.Length > 1)
            {
                var stack = body[1].Trim();
                failures.Add(
                    TestReport.Failure(
                        head.Groups["name"].Value,
                        stack.Split('\n').LastOrDefault(line => UnittestError().IsMatch(line)) ?? stack.Split('\n')[^1],
                        stack
                    )
                );
            }
        }
        var skipped = UnittestSkipped().Match(text) is { Success: true } found ? Number(found, "skipped") : 0;
        // A module that cannot be imported counts as a test that failed; two subtests of one test as one.
        var failed = Math.Min(failures.Select(failure => failure.Name).Distinct().Count(), total);
        return new(new(total, total - failed - skipped, failed, skipped), failures);
    }

    /// <summary>Go's <c>test -json</c>.</summary>
    public static TestReport? ReadGo(string text, CancellationToken cancellationToken)
    {
        var output = new Dictionary<string, StringBuilder>(StringComparer.Ordinal);
        var tally = new TestTally();
        foreach (var line in Lines(text, cancellationToken).Where(line => line.StartsWith('{')))
        {
            if (ReadGoEvent(line) is not { Test: { } test } entry)
            {
                continue;
            }
            var name = $"{entry.Package}.{test}";
            switch (entry.Action)
            {
                case "output":
                    var printed = output.TryGetValue(name, out var known) ? known : output[name] = new();
                    if (printed.Length < MaxTestOutput && entry.Output is { } piece && !GoNoise().IsMatch(piece))
                    {
                        printed.Append(piece);
                    }
                    break;
                case "pass":
                    tally.Passed++;
                    output.Remove(name);
                    break;
                case "skip":
                    tally.Skipped++;
                    output.Remove(name);
                    break;
                case "fail":
                    var all = output.Remove(name, out var kept) ? kept.ToString() : "";
                    tally.Fail(name, all.Trim().Length == 0 ? "A subtest failed." : all.Trim().Split('\n')[0], all);
                    break;
            }
        }
        return tally.Passed + tally.Skipped + tally.Failed == 0 ? null : tally.ToReport();
    }

    private static IEnumerable<string> Lines(string text, CancellationToken cancellationToken)
    {
        var reader = new StringReader(text);
        while (reader.ReadLine() is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return line;
        }
    }

    /// <summary>The output of Go's <c>test -json</c> as it would be without that.</summary>
    public static string GoOutput(string text) =>
        string.Concat(
            text.Split('\n')
                .Select(line =>
                    line.StartsWith('{') && ReadGoEvent(line) is { } entry ? entry.Output
                    : line.Length == 0 ? ""
                    : line + "\n"
                )
        );

    /// <summary>Rust's <c>cargo test</c>.</summary>
    public static TestReport? ReadCargo(string text, CancellationToken cancellationToken)
    {
        var (passed, failed, ignored) = (0, 0, 0);
        foreach (Match result in CargoResult().Matches(text))
        {
            cancellationToken.ThrowIfCancellationRequested();
            passed += Number(result, "passed");
            failed += Number(result, "failed");
            ignored += Number(result, "ignored");
        }
        var failures = CargoFailure()
            .Matches(text)
            .Take(TestTally.MaxFailures)
            .Select(match =>
                TestReport.Failure(match.Groups["name"].Value, CargoMessage(match.Groups["output"].Value), match.Groups["output"].Value)
            );
        return passed + failed + ignored == 0 ? null : new(new(passed + failed + ignored, passed, failed, ignored), [.. failures]);
    }

    // "thread 'x' panicked at src/lib.rs:9:5:" and then the message.
    private static string CargoMessage(string output) =>
        string.Join('\n', output.Trim().Split('\n').Where(line => !line.StartsWith("note:", StringComparison.Ordinal)).Skip(1).Take(3));

    private sealed record GoEvent(string? Action, string? Package, string? Test, string? Output);

    private static GoEvent? ReadGoEvent(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<GoEvent>(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^Ran (?<total>\d{1,8}) tests? in ", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex UnittestTotal();

    [GeneratedRegex(@"^(?:OK|FAILED) \((?:[^)\n]*, )?skipped=(?<skipped>\d{1,8})", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex UnittestSkipped();

    [GeneratedRegex(@"^(?:FAIL|ERROR): (?<name>[^\n]+)")]
    private static partial Regex UnittestFailure();

    [GeneratedRegex(@"^[\w.]+(?:Error|Exception|Exit|Interrupt|Warning)\b")]
    private static partial Regex UnittestError();

    [GeneratedRegex(@"^\s*(?:=== |--- )")]
    private static partial Regex GoNoise();

    [GeneratedRegex(
        @"^test result: \w+\. (?<passed>\d{1,8}) passed; (?<failed>\d{1,8}) failed; (?<ignored>\d{1,8}) ignored",
        RegexOptions.Multiline | RegexOptions.NonBacktracking
    )]
    private static partial Regex CargoResult();

    [GeneratedRegex(
        @"^---- (?<name>\S+)(?: - should panic)? stdout ----\n(?<output>.*?)(?=\n\n----|\n\nfailures:|\z)",
        RegexOptions.Multiline | RegexOptions.Singleline,
        matchTimeoutMilliseconds: 2000
    )]
    private static partial Regex CargoFailure();
}
