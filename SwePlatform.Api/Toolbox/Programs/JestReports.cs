using System.Text.Json;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>Reads what <c>jest --json</c> writes: jest has no other report without a further package.</summary>
internal static class JestReports
{
    private sealed record Run(IReadOnlyList<Suite>? TestResults);

    private sealed record Suite(string? Name, string? Status, string? Message, IReadOnlyList<Test>? AssertionResults);

    private sealed record Test(string? FullName, string? Status, IReadOnlyList<string>? FailureMessages);

    /// <returns>Null if it is no such report.</returns>
    public static TestReport? Read(Stream stream)
    {
        try
        {
            return JsonSerializer.Deserialize<Run>(stream, JsonSerializerOptions.Web)?.TestResults is { } suites ? Read(suites) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TestReport Read(IReadOnlyList<Suite> suites)
    {
        var (passed, skipped) = (0, 0);
        var failures = new List<TestFailure>();
        foreach (var suite in suites.Where(suite => suite is not null))
        {
            var tests = (suite.AssertionResults ?? []).Where(test => test is not null).ToList();
            foreach (var test in tests)
            {
                switch (test.Status)
                {
                    case "passed":
                        passed++;
                        break;
                    case "failed":
                        var stack = string.Join("\n\n", test.FailureMessages ?? []);
                        failures.Add(TestReport.Failure(test.FullName ?? "?", TestReport.Head(stack), stack));
                        break;
                    default:
                        skipped++;
                        break;
                }
            }
            // A file that cannot be loaded has no tests, and is what failed.
            if (suite.Status == "failed" && tests.Count == 0)
            {
                failures.Add(TestReport.Failure(SourcePlace.Relative(suite.Name ?? "?"), TestReport.Head(suite.Message ?? ""), suite.Message));
            }
        }
        return new(new(passed + failures.Count + skipped, passed, failures.Count, skipped), failures);
    }
}
