namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>Counts the tests of a report, and keeps as many failures as somebody reads.</summary>
internal sealed class TestTally
{
    public const int MaxFailures = 500;

    private readonly List<TestFailure> _failures = [];
    private int _omitted;

    public int Passed { get; set; }

    public int Skipped { get; set; }

    public int Failed => _failures.Count + _omitted;

    public void Fail(string name, string? message, string? stack)
    {
        if (_failures.Count < MaxFailures)
        {
            _failures.Add(TestReport.Failure(name, message, stack));
        }
        else
        {
            _omitted++;
        }
    }

    /// <summary>Counts failures that are not listed.</summary>
    public void Omit(int failures) => _omitted += failures;

    public TestReport ToReport() => new(new(Passed + Failed + Skipped, Passed, Failed, Skipped), _failures);
}
