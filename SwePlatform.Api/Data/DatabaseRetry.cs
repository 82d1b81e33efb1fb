using Npgsql;
using Polly;
using Polly.Retry;

namespace SwePlatform.Api.Data;

/// <summary>
/// For SQL that does not go through Entity Framework, which retries by itself: a connection that is lost, or not to be
/// had at once, is tried again.
/// </summary>
internal static class DatabaseRetry
{
    public static readonly ResiliencePipeline Pipeline = new ResiliencePipelineBuilder()
        .AddRetry(
            new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<NpgsqlException>(exception => exception.IsTransient),
                MaxRetryAttempts = 4,
                Delay = TimeSpan.FromMilliseconds(100),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            }
        )
        .Build();
}
