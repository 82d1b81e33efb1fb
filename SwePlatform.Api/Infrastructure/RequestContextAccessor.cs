namespace SwePlatform.Api.Infrastructure;

/// <summary>
/// The context of the request that is being answered, for what runs behind the first middleware. The server offers every
/// request to the accessor, and to take it makes all that follows slower: not worth it for probes.
/// </summary>
internal sealed class RequestContextAccessor : IHttpContextAccessor
{
    private readonly HttpContextAccessor _flow = new();

    public HttpContext? HttpContext
    {
        get => _flow.HttpContext;
        set
        {
            if (value is null)
            {
                _flow.HttpContext = null;
            }
        }
    }

    public void Begin(HttpContext context) => _flow.HttpContext = context;
}
