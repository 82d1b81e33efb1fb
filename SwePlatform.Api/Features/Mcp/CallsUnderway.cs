using System.Collections.Concurrent;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using StackExchange.Redis;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>What an agent calls a call by: the id that it gave its request, in its session, with its credential.</summary>
internal readonly record struct CallKey(string Caller, string Session, string RequestId)
{
    public static CallKey Of(HttpContext http, RequestId id) =>
        Of(http, id.Id is string text ? JsonSerializer.Serialize(text) : id.ToString());

    /// <param name="id">The id as JSON: <c>5</c> is another one than <c>"5"</c>.</param>
    public static CallKey Of(HttpContext http, string id) =>
        new(
            http.User.Identity is UserIdentity identity ? $"{identity.User.Id}:{identity.KeyId ?? identity.User.SessionId}" : "",
            AgentSession.Of(http) ?? "",
            id
        );

    public override string ToString() => JsonSerializer.Serialize(new[] { Caller, Session, RequestId });

    public static CallKey Parse(string text) =>
        JsonSerializer.Deserialize<string[]>(text) is [var caller, var session, var id] ? new(caller, session, id) : default;
}

/// <summary>
/// The calls that agents wait for, so that a cancellation finds them: it comes in a request of its own, which may reach
/// another replica.
/// </summary>
internal sealed partial class CallsUnderway(IConnectionMultiplexer redis, TimeProvider time, ILogger<CallsUnderway> logger)
    : BackgroundService
{
    private static readonly RedisChannel Channel = RedisChannel.Literal("swe:mcp:cancel");
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<CallKey, Call> _calls = [];

    public Call Begin(CallKey key, CancellationToken cancellationToken)
    {
        var call = new Call(this, key, cancellationToken);
        // Ids are unique within a session. Of clients that send none two may use the same: rather none is cancelled than the wrong one.
        if (!_calls.TryAdd(key, call))
        {
            _calls.TryRemove(key, out _);
        }
        return call;
    }

    /// <summary>Cancels a call, on whichever replica it is.</summary>
    public async Task CancelAsync(CallKey key)
    {
        if (CancelHere(key))
        {
            return;
        }
        try
        {
            await redis.GetSubscriber().PublishAsync(Channel, key.ToString());
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            Log.NotPublished(logger, exception.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                var queue = await redis.GetSubscriber().SubscribeAsync(Channel);
                queue.OnMessage(message => CancelHere(CallKey.Parse((string)message.Message!)));
                return;
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                // Calls on this replica are cancelled all the same, if their cancellation comes here.
                await Task.Delay(Retry, time, stoppingToken);
            }
        }
    }

    private bool CancelHere(CallKey key)
    {
        if (!_calls.TryGetValue(key, out var call))
        {
            return false;
        }
        call.Cancel();
        return true;
    }

    internal sealed class Call(CallsUnderway underway, CallKey key, CancellationToken cancellationToken) : IDisposable
    {
        private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        public CancellationToken Token => _cancellation.Token;

        public bool IsCancelledByAgent { get; private set; }

        public void Cancel()
        {
            IsCancelledByAgent = true;
            try
            {
                _cancellation.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has ended in the meantime.
            }
        }

        public void Dispose()
        {
            underway._calls.TryRemove(KeyValuePair.Create(key, this));
            _cancellation.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Redis did not take the cancellation of a call: {Reason}")]
        public static partial void NotPublished(ILogger logger, string reason);
    }
}
