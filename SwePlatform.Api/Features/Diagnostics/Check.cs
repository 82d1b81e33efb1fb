namespace SwePlatform.Api.Features.Diagnostics;

/// <summary><c>pass</c>; <c>warn</c>: works, but could be better; <c>fail</c>; <c>unknown</c>: could not be found out.</summary>
public enum CheckVerdict
{
    Pass,
    Warn,
    Fail,
    Unknown,
}

/// <summary>What a probe found just now.</summary>
/// <param name="Evidence">What it saw.</param>
/// <param name="Fix">What to do; null if there is nothing to fix.</param>
public sealed record CheckResult(
    string Id,
    string Title,
    CheckVerdict Verdict,
    string Summary,
    IReadOnlyList<string> Evidence,
    string? Fix,
    double DurationMs
);

public sealed record CheckSection(string Title, CheckVerdict Verdict, IReadOnlyList<CheckResult> Checks);

/// <summary>Probes by section; the verdict is the worst of them.</summary>
public sealed record CheckReport(DateTimeOffset At, CheckVerdict Verdict, IReadOnlyList<CheckSection> Sections);

/// <summary>What a probe found.</summary>
internal sealed record Finding(CheckVerdict Verdict, string Summary, IReadOnlyList<string> Evidence, string? Fix = null)
{
    public static Finding Pass(string summary, params IReadOnlyList<string> evidence) => new(CheckVerdict.Pass, summary, evidence);

    public static Finding Warn(string summary, string fix, params IReadOnlyList<string> evidence) =>
        new(CheckVerdict.Warn, summary, evidence, fix);

    public static Finding Fail(string summary, string fix, params IReadOnlyList<string> evidence) =>
        new(CheckVerdict.Fail, summary, evidence, fix);

    public static Finding Unknown(string summary, string fix, params IReadOnlyList<string> evidence) =>
        new(CheckVerdict.Unknown, summary, evidence, fix);
}

/// <summary>A live probe.</summary>
/// <param name="Run">Gets the caller's <c>Authorization</c>, for probes that call this API as its users do.</param>
internal sealed record Check(string Id, string Title, Func<string?, CancellationToken, Task<Finding>> Run);
