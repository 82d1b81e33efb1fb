using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Features.Executions;

/// <summary>Which executions are meant, of those that one may see.</summary>
/// <param name="ToolName">One tool, such as <c>code.search</c>.</param>
/// <param name="ToolPrefix">All tools whose names begin so, such as <c>code.</c>.</param>
/// <param name="UserId">Whose; an administrator sees others' too.</param>
/// <param name="From">The first time that counts.</param>
/// <param name="To">The first time that does not count any more.</param>
public sealed record ExecutionFilter(
    Guid? ProjectId = null,
    [property: StringLength(200)] string? ToolName = null,
    [property: StringLength(200), Description("All tools whose names begin so, such as 'code.'.")] string? ToolPrefix = null,
    [property: StringLength(100)] string? Workspace = null,
    Guid? UserId = null,
    [property: Description("queued, running, succeeded, failed, cancelled or timed_out.")] string? Status = null,
    [property: Description("queued, running, passed, failed, error, cancelled or timed_out; several are separated by commas.")]
        string? Outcome = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null
)
{
    // An id is made a moment before or after its row's time is read.
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);

    /// <exception cref="RequestException">A value is none of those that there are.</exception>
    internal IQueryable<Execution> Apply(IQueryable<Execution> executions)
    {
        if (ProjectId is { } project)
        {
            executions = executions.Where(execution => execution.ProjectId == project);
        }
        if (!string.IsNullOrEmpty(ToolName))
        {
            executions = executions.Where(execution => execution.ToolName == ToolName);
        }
        if (!string.IsNullOrEmpty(ToolPrefix))
        {
            executions = executions.Where(execution => execution.ToolName.StartsWith(ToolPrefix));
        }
        if (!string.IsNullOrEmpty(Workspace))
        {
            executions = executions.Where(execution => execution.Workspace == Workspace);
        }
        if (UserId is { } user)
        {
            executions = executions.Where(execution => execution.UserId == user);
        }
        if (!string.IsNullOrEmpty(Status))
        {
            var wanted = Read<ExecutionStatus>("status", Status);
            executions = executions.Where(execution => execution.Status == wanted);
        }
        if (!string.IsNullOrEmpty(Outcome))
        {
            executions = executions.WithOutcomes([.. Outcome.Split(',').Select(one => Read<ExecutionOutcome>("outcome", one))]);
        }
        return Between(executions, From?.ToUniversalTime(), To?.ToUniversalTime());
    }

    // Ids begin with their time: the primary key finds the span, and the time itself decides.
    private static IQueryable<Execution> Between(IQueryable<Execution> executions, DateTimeOffset? from, DateTimeOffset? to)
    {
        if (from is { } first)
        {
            executions = executions.Where(execution => execution.CreatedAt >= first);
            if (first - DateTimeOffset.UnixEpoch > Skew)
            {
                var least = IdAt(first - Skew);
                executions = executions.Where(execution => execution.Id >= least);
            }
        }
        if (to is { } end)
        {
            executions = executions.Where(execution => execution.CreatedAt < end);
            if (end > DateTimeOffset.UnixEpoch && DateTimeOffset.MaxValue - end > Skew)
            {
                var most = IdAt(end + Skew);
                executions = executions.Where(execution => execution.Id < most);
            }
        }
        return executions;
    }

    // The least id of a millisecond: all that is random in it is zero.
    private static Guid IdAt(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(time).TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[6..].Clear();
        return new(bytes, bigEndian: true);
    }

    private static T Read<T>(string name, string text)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (EnumText.Write(value) == text)
            {
                return value;
            }
        }
        throw RequestException.Invalid(
            name,
            $"{char.ToUpperInvariant(name[0])}{name[1..]} is one of: {string.Join(", ", Enum.GetValues<T>().Select(EnumText.Write))}."
        );
    }
}
