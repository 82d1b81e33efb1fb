using System.Text.Json;
using StackExchange.Redis;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Executions;

/// <summary>Something that happened to an execution.</summary>
/// <param name="Type"><c>status</c>, <c>output</c> or <c>completed</c>.</param>
/// <param name="Data">What, as JSON.</param>
internal sealed record ExecutionEvent(string Type, string Data)
{
    public const string Status = "status";
    public const string Output = "output";
    public const string Completed = "completed";
}

/// <summary>
/// The events of executions, in Redis, for every replica to read: a list by execution, whose positions are the ids of
/// events, and a channel that says that there is more. They are a convenience: the row in the database is the truth,
/// and when Redis is unavailable nothing but the live view is lost.
/// </summary>
internal sealed partial class ExecutionEvents(IConnectionMultiplexer redis, RedisMetrics metrics, ILogger<ExecutionEvents> logger)
{
    /// <summary>Without a word from Redis the database is asked this often; it is also how long a proxy sees no byte.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private const int MaxEvents = 20_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private static readonly RedisChannel CancelChannel = RedisChannel.Literal("swe:executions:cancel");

    public async Task PublishAsync(Guid id, string type, object data)
    {
        try
        {
            var list = redis.GetDatabase();
            var key = Key(id);
            var text = JsonSerializer.Serialize(new ExecutionEvent(type, JsonSerializer.Serialize(data, ToolJson.Options)));
            var length = await metrics.MeasureAsync("event write", list.ListRightPushAsync(key, text));
            if (length == 1 || type == ExecutionEvent.Completed)
            {
                await list.KeyExpireAsync(key, Lifetime, CommandFlags.FireAndForget);
            }
            await list.PublishAsync(Channel(id), length, CommandFlags.FireAndForget);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            Log.NotPublished(logger, id, exception.Message);
        }
    }

    /// <summary>The events from a position on; null if Redis does not answer.</summary>
    public async Task<IReadOnlyList<ExecutionEvent>?> ReadAsync(Guid id, long from)
    {
        try
        {
            var found = await metrics.MeasureAsync("event read", redis.GetDatabase().ListRangeAsync(Key(id), from, MaxEvents));
            return [.. found.Select(text => JsonSerializer.Deserialize<ExecutionEvent>((string)text!)!)];
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Calls back whenever there may be more events, until the result is disposed.</summary>
    public async Task<IAsyncDisposable> FollowAsync(Guid id, Action more)
    {
        try
        {
            var queue = await redis.GetSubscriber().SubscribeAsync(Channel(id));
            queue.OnMessage(_ => more());
            return new Subscription(queue);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return new Subscription(null);
        }
    }

    public async Task RequestCancelAsync(Guid id)
    {
        try
        {
            await metrics.MeasureAsync("cancel", redis.GetSubscriber().PublishAsync(CancelChannel, id.ToString()));
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // Whoever runs it reads the request from the database within seconds.
            Log.NotPublished(logger, id, exception.Message);
        }
    }

    public async Task OnCancelAsync(Action<Guid> cancel)
    {
        var queue = await redis.GetSubscriber().SubscribeAsync(CancelChannel);
        queue.OnMessage(message =>
        {
            if (Guid.TryParse((string?)message.Message, out var id))
            {
                cancel(id);
            }
        });
    }

    private static RedisKey Key(Guid id) => $"swe:execution:{id}:events";

    private static RedisChannel Channel(Guid id) => RedisChannel.Literal($"swe:execution:{id}");

    private sealed class Subscription(ChannelMessageQueue? queue) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (queue is not null)
            {
                await queue.UnsubscribeAsync();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Redis did not take an event of execution {Id}: {Reason}")]
        public static partial void NotPublished(ILogger logger, Guid id, string reason);
    }
}
