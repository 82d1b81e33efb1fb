using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace SwePlatform.Web.Clients;

/// <summary>Registers the typed clients of the API.</summary>
internal static class ClientSetup
{
    private static readonly Uri BaseAddress = new("http://api/api/v1/");

    // For what is slow to answer: the start of a tool on a busy machine, probes, documents that are read from elsewhere.
    private static readonly TimeSpan ToolTimeout = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortestBreak = TimeSpan.FromMilliseconds(500);

    public static void AddApiClients(this IHostApplicationBuilder builder)
    {
        // Sent twice, a POST could create two projects, run a tool twice, or burn a refresh token.
        builder.Services.ConfigureAll<HttpStandardResilienceOptions>(options =>
        {
            options.Retry.DisableForUnsafeHttpMethods();
            // A person is waiting: that the API is unavailable is said at once, and that it is back as soon.
            options.Retry.Delay = FirstRetry;
            options.CircuitBreaker.BreakDuration = ShortestBreak;
        });

        builder.Services.AddHttpClient<AuthClient>(UseApi);
        builder.Services.AddHttpClient<ApiConnection>(UseApi);
        builder.Services.AddTransient<ProjectsClient>();
        builder.Services.AddTransient<ToolsClient>();
        builder.Services.AddTransient<ExecutionsClient>();
        builder.Services.AddTransient<PerformanceClient>();
        builder.Services.AddTransient<DatabaseClient>();
        builder.Services.AddTransient<LoadTestsClient>();
        builder.Services.AddTransient<WorkspacesClient>();
        builder.Services.AddTransient<SettingsClient>();
        builder.Services.AddTransient<ImportsClient>();

        // No retries, and no circuit breaker: one slow tool says nothing about the next one.
        // The method is marked experimental, and is the only way to leave the handler that all clients get.
#pragma warning disable EXTEXP0001
        builder
            .Services.AddHttpClient<ToolRunConnection>(UseApi)
            .RemoveAllResilienceHandlers()
#pragma warning restore EXTEXP0001
            .AddResilienceHandler("tool", pipeline => pipeline.AddTimeout(ToolTimeout));

        builder.Services.AddSingleton<ApiProbe>();
        // What asks whether there is an answer again must not be kept from asking.
#pragma warning disable EXTEXP0001
        builder
            .Services.AddHttpClient(ApiProbe.ClientName, http => http.BaseAddress = new Uri("http://api/"))
            .RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
    }

    private static void UseApi(HttpClient http)
    {
        http.BaseAddress = BaseAddress;
        http.Timeout = Timeout.InfiniteTimeSpan; // the resilience handlers keep the time
    }
}
