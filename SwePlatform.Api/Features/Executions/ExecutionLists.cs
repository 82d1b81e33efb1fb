using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Executions;

/// <summary>Many executions at once: a page of them, all of them as rows, or how many there were when.</summary>
internal sealed class ExecutionLists(SweDbContext data, ExecutionReader reader, TimeProvider time)
{
    public const int MaxExported = 100_000;
    private static readonly TimeSpan DefaultActivity = TimeSpan.FromHours(24);

    /// <summary>A page, newest first.</summary>
    public async Task<KeysetList<ExecutionSummary>> ReadAsync(
        CurrentUser user,
        ExecutionFilter filter,
        Page page,
        string? cursor,
        CancellationToken cancellationToken
    )
    {
        var executions = filter.Apply(reader.VisibleTo(user));
        var total = await executions.LongCountAsync(cancellationToken);
        if (cursor is not null)
        {
            var before = Guid.TryParse(cursor, out var id)
                ? id
                : throw RequestException.Invalid("cursor", "Pass back the cursor of the page before, unchanged.");
            executions = executions.Where(execution => execution.Id < before);
        }
        var items = await Summarize(executions.OrderByDescending(execution => execution.Id).Skip(page.Skip).Take(page.Limit))
            .ToListAsync(cancellationToken);
        var next = items.Count == page.Limit ? items[^1].Id.ToString() : null;
        return new(items, page.Skip, page.Limit, total, next);
    }

    /// <summary>All of them, newest first.</summary>
    /// <exception cref="RequestException">The filter has a bad value.</exception>
    public IAsyncEnumerable<ExecutionSummary> Export(CurrentUser user, ExecutionFilter filter) =>
        Summarize(filter.Apply(reader.VisibleTo(user)).OrderByDescending(execution => execution.Id).Take(MaxExported)).AsAsyncEnumerable();

    /// <summary>How many there were, in buckets of equal length; of the last 24 hours unless the filter has times.</summary>
    public async Task<ExecutionActivity> CountAsync(
        CurrentUser user,
        ExecutionFilter filter,
        int buckets,
        CancellationToken cancellationToken
    )
    {
        var to = (filter.To ?? time.GetUtcNow()).ToUniversalTime();
        var from = (filter.From ?? (to - DateTimeOffset.MinValue > DefaultActivity ? to - DefaultActivity : to)).ToUniversalTime();
        if (from >= to)
        {
            throw RequestException.Invalid("from", "From is before to.");
        }
        var seconds = (to - from).TotalSeconds / buckets;
        var counts = await (filter with { From = from, To = to })
            .Apply(reader.VisibleTo(user))
            .GroupBy(execution => new
            {
                Bucket = (int)Math.Floor((execution.CreatedAt - from).TotalSeconds / seconds),
                execution.Outcome,
                execution.Status,
            })
            .Select(group => new
            {
                group.Key.Bucket,
                group.Key.Outcome,
                group.Key.Status,
                Count = group.Count(),
            })
            .ToListAsync(cancellationToken);
        var sums = new (int Passed, int Failed, int Other)[buckets];
        foreach (var count in counts)
        {
            ref var sum = ref sums[Math.Clamp(count.Bucket, 0, buckets - 1)];
            switch (ExecutionOutcomes.Of(count.Outcome, count.Status))
            {
                case ExecutionOutcome.Passed:
                    sum.Passed += count.Count;
                    break;
                case ExecutionOutcome.Failed or ExecutionOutcome.Error or ExecutionOutcome.TimedOut:
                    sum.Failed += count.Count;
                    break;
                default:
                    sum.Other += count.Count;
                    break;
            }
        }
        return new(
            from,
            to,
            seconds,
            [.. sums.Select((sum, index) => new ExecutionBucket(from.AddSeconds(index * seconds), sum.Passed, sum.Failed, sum.Other))]
        );
    }

    private IQueryable<ExecutionSummary> Summarize(IQueryable<Execution> executions) =>
        from execution in executions
        join user in data.Set<User>() on execution.UserId equals user.Id into users
        from user in users.DefaultIfEmpty()
        join project in data.Set<Project>() on execution.ProjectId equals project.Id into projects
        from project in projects.DefaultIfEmpty()
        orderby execution.Id descending
        select new ExecutionSummary(
            execution.Id,
            execution.ToolName,
            ArgumentSummary.Write(ExecutionSql.Start(execution.Arguments, ArgumentSummary.ReadCharacters)),
            user == null ? null : new(user.Id, user.DisplayName),
            execution.ProjectId,
            project == null ? null : project.Name,
            execution.Commit,
            execution.Workspace,
            execution.Status,
            ExecutionOutcomes.Of(execution.Outcome, execution.Status),
            execution.OutcomeText,
            execution.Cached,
            execution.ErrorCode == null ? null : new ToolError(execution.ErrorCode!, execution.ErrorMessage!),
            execution.ResultBytes,
            execution.Timings,
            execution.CreatedAt,
            execution.StartedAt,
            execution.FinishedAt
        );
}
