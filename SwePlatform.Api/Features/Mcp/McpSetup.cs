using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol.AspNetCore;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>
/// The platform as an MCP server: the same tools, the same callers, the same limits and audit as over HTTP. It keeps no
/// state between requests, so any replica serves any of them; a caller that closes its request cancels it.
/// </summary>
internal static class McpSetup
{
    /// <summary>Route value that names the project an agent is bound to.</summary>
    public const string ProjectRouteValue = "mcpProjectId";

    private const string Instructions =
        "Tools for software engineering on registered Git projects. They read a commit (argument 'ref', default: the "
        + "project's main branch). "
        + "Those that write need a branch workspace (argument 'workspace'); name it in reading tools too, to see what was written. "
        + "A result that was cut says how to read on.";

    public static void AddMcp(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<McpTools>();
        builder.Services.AddScoped<McpCalls>();
        builder
            .Services.AddMcpServer(options =>
            {
                options.ServerInfo = new()
                {
                    Name = "swe-platform",
                    Title = "SWE Platform",
                    Version = typeof(McpSetup).Assembly.GetName().Version?.ToString(3) ?? "1",
                };
                options.ServerInstructions = Instructions;
            })
            .WithHttpTransport(transport => transport.SessionMode = HttpServerSessionMode.Stateless)
            .WithListToolsHandler(
                static (request, cancellationToken) =>
                    request.Services!.GetRequiredService<McpTools>().ListAsync(request.Params?.Cursor, cancellationToken)
            )
            .WithCallToolHandler(
                static (request, cancellationToken) =>
                    request.Services!.GetRequiredService<McpCalls>().CallAsync(request, cancellationToken)
            );
    }

    public static void MapMcpServer(this WebApplication app)
    {
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/mcp") && HttpMethods.IsPost(context.Request.Method),
            mcp =>
                mcp.Use(
                    static (context, next) =>
                        context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
                            ? throw RequestException.Invalid("body", "Send a message of JSON-RPC.")
                            : next(context)
                )
        );
        app.MapMcp("/mcp").WithMetadata(new RunsTools());
        app.MapMcp($"/mcp/projects/{{{ProjectRouteValue}:guid}}").WithMetadata(new RunsTools());
    }
}
