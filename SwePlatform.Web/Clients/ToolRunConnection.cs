using SwePlatform.Web.Sessions;

namespace SwePlatform.Web.Clients;

/// <summary>A connection whose patience fits tools and probes, which may run for minutes.</summary>
internal sealed class ToolRunConnection(HttpClient http, AccessTokens tokens)
{
    public ApiConnection Api { get; } = new(http, tokens);
}
