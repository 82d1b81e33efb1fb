using SwePlatform.Web.Sessions;

namespace SwePlatform.Web.Clients;

/// <summary>A connection with a timeout for tools and probes, which may run for minutes.</summary>
internal sealed class ToolRunConnection(HttpClient http, SessionAccessTokens tokens)
{
    public ApiConnection Api { get; } = new(http, tokens);
}
