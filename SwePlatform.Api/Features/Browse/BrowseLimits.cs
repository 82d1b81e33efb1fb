using System.Threading.RateLimiting;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Browse;

/// <summary>
/// Looking at files is no execution: nobody wants a row, an audit entry and a place in the queue for each page. So it has limits of
/// its own: few at a time for one user, few for all, and a time.
/// </summary>
internal static class BrowseLimits
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private static readonly PartitionedRateLimiter<Guid> Places = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<Guid, Guid>(user =>
            RateLimitPartition.GetConcurrencyLimiter(user, _ => new() { PermitLimit = 8, QueueLimit = 64 })
        ),
        PartitionedRateLimiter.Create<Guid, int>(_ =>
            RateLimitPartition.GetConcurrencyLimiter(0, _ => new() { PermitLimit = 32, QueueLimit = 512 })
        )
    );

    /// <exception cref="RequestException">Why there is no answer.</exception>
    public static async Task<T> RunAsync<T>(CurrentUser user, Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(TimeLimit);
        try
        {
            using var place = await Places.AcquireAsync(user.Id, 1, limited.Token);
            return place.IsAcquired
                ? await read(limited.Token)
                : throw RequestException.TooManyRequests(
                    "Many files and histories are being read for you already. Wait for some of them.",
                    TimeSpan.FromSeconds(2)
                );
        }
        catch (ToolException exception) when (exception.Code == ToolException.NotFound)
        {
            throw RequestException.NotFound(exception.Message);
        }
        catch (ToolException exception)
        {
            throw RequestException.Conflict(exception.Message, exception.Code);
        }
        catch (GitException exception)
        {
            throw RequestException.Conflict($"Git cannot read this: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw RequestException.Conflict(
                $"This could not be read within {TimeLimit.TotalSeconds:0} seconds. A tool has more time: POST /api/v1/tools/execute."
            );
        }
    }
}
