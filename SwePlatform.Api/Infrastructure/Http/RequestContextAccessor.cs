using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Infrastructure.Http;

/// <summary>
/// The context of the request that is being answered, for what runs behind the first middleware. The server offers every
/// request to the accessor, and to take it makes all that follows slower: not worth it for probes.
/// </summary>
internal sealed class RequestContextAccessor : IHttpContextAccessor
{
    private sealed class Holder(HttpContext context)
    {
        public HttpContext? Context { get; set; } = context;

        public RequestTrace? Trace { get; set; }
    }

    private static readonly AsyncLocal<Holder?> Flow = new();

    public HttpContext? HttpContext
    {
        get => Flow.Value?.Context;
        set
        {
            // Flows that outlive the request must not see a context that already serves the next one.
            if (value is null && Flow.Value is { } holder)
            {
                holder.Context = null;
            }
        }
    }

    /// <summary>
    /// What the request waits for, while it is measured. It is here because each value that flows along costs every request.
    /// </summary>
    public static RequestTrace? Trace
    {
        get => Flow.Value?.Trace;
        set
        {
            if (Flow.Value is { } holder)
            {
                holder.Trace = value;
            }
        }
    }

    public static void Begin(HttpContext context) => Flow.Value = new(context);
}
