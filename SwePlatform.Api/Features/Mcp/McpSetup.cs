using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
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
        "Tools for software engineering on registered Git projects. 'project' is the id or name of one, and needed if there are "
        + "several. Tools read a commit "
        + "('ref': a branch, tag or commit; default: the project's main branch), or a branch workspace ('workspace', with what is not "
        + "committed there). Those that write, build, test or run programs need a workspace: workspaces_create makes one. "
        + "tools_search finds tools that are not listed, tools_call runs them. What takes long goes on without you by "
        + "executions_start. Answers have 4,000 tokens at most, or 'maxTokens', which every tool takes; one that was cut says how to "
        + "read on.";

    public static void AddMcp(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<McpOptions>().BindConfiguration(McpOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<OriginCheck>();
        builder.Services.AddSingleton<CallsUnderway>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<CallsUnderway>());
        builder.Services.AddScoped<ToolSelection>();
        builder.Services.AddScoped<SearchTools>();
        builder.Services.AddScoped<McpTools>();
        builder.Services.AddScoped<McpRequests>();
        builder.Services.AddScoped<McpCalls>();
        builder.Services.AddScoped<ProjectTools>();
        builder.Services.AddScoped<WorkspaceTools>();
        builder.Services.AddScoped<ExecutionTools>();
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
            .WithMessageFilters(filters => filters.AddIncomingFilter(RefuseUnnamed))
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
            static context => context.Request.Path.StartsWithSegments("/mcp"),
            static mcp =>
                mcp.Use(
                    static (context, next) =>
                    {
                        context.RequestServices.GetRequiredService<OriginCheck>().Check(context);
                        return !HttpMethods.IsPost(context.Request.Method) ? next(context)
                            : context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
                                ? throw RequestException.Invalid("body", "Send a message of JSON-RPC.")
                            : AgentSession.InvokeAsync(context, next);
                    }
                )
        );
        // Clients ask how to sign in. That there is nothing to read is the answer; 401 would send them looking for more.
        foreach (
            var path in new[]
            {
                "/.well-known/{**rest}",
                "/mcp/.well-known/{**rest}",
                $"/mcp/projects/{{{ProjectRouteValue}:guid}}/.well-known/{{**rest}}",
            }
        )
        {
            app.Map(path, static () => TypedResults.NotFound()).AllowAnonymous().ExcludeFromDescription();
        }
        app.MapMcp("/mcp").WithMetadata(new RunsTools());
        app.MapMcp($"/mcp/projects/{{{ProjectRouteValue}:guid}}").WithMetadata(new RunsTools());
    }

    // The library answers 'internal error' to parameters that it cannot read.
    private static McpMessageHandler RefuseUnnamed(McpMessageHandler next) =>
        (context, cancellationToken) =>
            context.JsonRpcMessage is JsonRpcRequest { Method: RequestMethods.ToolsCall } call
            && (
                call.Params is not JsonObject { } about
                || about["name"] is not JsonValue name
                || !name.TryGetValue<string>(out _)
                || about["arguments"] is not (null or JsonObject)
            )
                ? throw new McpProtocolException("'tools/call' takes {\"name\": \"…\", \"arguments\": {…}}.", McpErrorCode.InvalidParams)
                : next(context, cancellationToken);
}
