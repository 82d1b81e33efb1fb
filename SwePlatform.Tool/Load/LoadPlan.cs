using System.Globalization;
using System.Text.RegularExpressions;

namespace SwePlatform.Tool.Load;

/// <summary>
/// What load there is at each moment. In a closed model it is a number of users, each of whom waits for an answer
/// before asking again; in an open one, requests per second, which come whether or not the ones before are answered.
/// </summary>
/// <param name="AbortOnFail">Whether to stop once a threshold fails.</param>
internal sealed partial record LoadPlan(
    string Name,
    bool IsOpen,
    double Start,
    IReadOnlyList<LoadPlan.Ramp> Ramps,
    int MaxUsers,
    SecondsRange ThinkSeconds,
    bool AbortOnFail = false
)
{
    internal readonly record struct Ramp(TimeSpan Duration, double Target);

    private static readonly SecondsRange NoPause = new(0, 0);

    public TimeSpan Duration => Ramps.Aggregate(TimeSpan.Zero, (sum, ramp) => sum + ramp.Duration);

    /// <summary>As many users as there are connections, none of whom pauses.</summary>
    public static LoadPlan Constant(string name, int connections, TimeSpan duration) =>
        new(name, IsOpen: false, connections, [new(duration, connections)], connections, NoPause);

    public static LoadPlan ConstantRate(string name, double perSecond, TimeSpan duration, int maxUsers) =>
        new(name, IsOpen: true, perSecond, [new(duration, perSecond)], maxUsers, NoPause);

    public static LoadPlan From(string name, Scenario scenario, ScenarioFile file)
    {
        var ramps = scenario.Stages?.Select(stage => new Ramp(ParseDuration(stage.Duration), stage.Target)).ToList();
        var plan = scenario switch
        {
            { Executor: "constant-vus", Vus: { } users, Duration: { } duration } => new LoadPlan(
                name,
                IsOpen: false,
                users,
                [new(ParseDuration(duration), users)],
                users,
                file.ThinkSeconds
            ),
            { Executor: "ramping-vus" } when ramps is { Count: > 0 } => new LoadPlan(
                name,
                IsOpen: false,
                0,
                ramps,
                (int)ramps.Max(ramp => ramp.Target),
                file.ThinkSeconds
            ),
            { Executor: "constant-arrival-rate", Rate: { } rate, Duration: { } duration, PreAllocatedVUs: { } users } => new LoadPlan(
                name,
                IsOpen: true,
                rate,
                [new(ParseDuration(duration), rate)],
                scenario.MaxVUs ?? users,
                NoPause
            ),
            { Executor: "ramping-arrival-rate", PreAllocatedVUs: { } users } when ramps is { Count: > 0 } => new LoadPlan(
                name,
                IsOpen: true,
                scenario.StartRate ?? 0,
                ramps,
                scenario.MaxVUs ?? users,
                NoPause
            ),
            _ => throw new CommandException(
                $"The scenario '{name}' needs an executor (constant-vus, ramping-vus, constant-arrival-rate or "
                    + "ramping-arrival-rate) and what k6 wants for it."
            ),
        };
        return plan with { AbortOnFail = scenario.AbortOnFail };
    }

    /// <summary>Users, or requests per second, at a time after the start.</summary>
    public double At(TimeSpan elapsed)
    {
        var from = Start;
        foreach (var (duration, target) in Ramps)
        {
            if (elapsed < duration)
            {
                return from + (target - from) * (elapsed / duration);
            }
            elapsed -= duration;
            from = target;
        }
        return from;
    }

    /// <summary>When each request of an open model is due, counted from the start.</summary>
    public IEnumerable<TimeSpan> Arrivals()
    {
        var begin = TimeSpan.Zero;
        var from = Start;
        // What the ramps before left of a request.
        var carry = 0.0;
        foreach (var (duration, target) in Ramps)
        {
            var seconds = duration.TotalSeconds;
            var slope = seconds > 0 ? (target - from) / seconds : 0;
            var total = carry + (from + target) / 2 * seconds;
            for (var due = 1; due <= total + 1e-9; due++)
            {
                var wanted = due - carry;
                var at = slope == 0 ? wanted / from : (Math.Sqrt(Math.Max(0, from * from + 2 * slope * wanted)) - from) / slope;
                yield return begin + TimeSpan.FromSeconds(Math.Min(at, seconds));
            }
            carry = total - Math.Floor(total + 1e-9);
            begin += duration;
            from = target;
        }
    }

    public static TimeSpan ParseDuration(string text)
    {
        var match = K6Duration().Match(text);
        return match.Success && text.Length > 0
            ? TimeSpan.FromHours(Part("h")) + TimeSpan.FromMinutes(Part("m")) + TimeSpan.FromSeconds(Part("s"))
            : throw new CommandException($"'{text}' is not a duration such as 90s, 2m or 1h30m.");

        double Part(string unit) => match.Groups[unit].Success ? double.Parse(match.Groups[unit].Value, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"^(?:(?<h>\d+)h)?(?:(?<m>\d+)m)?(?:(?<s>\d+(?:\.\d+)?)s)?$")]
    private static partial Regex K6Duration();
}
