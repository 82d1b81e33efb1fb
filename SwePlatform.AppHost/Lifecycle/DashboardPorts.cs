using Microsoft.Extensions.Configuration;

namespace SwePlatform.AppHost.Lifecycle;

/// <summary>Where the dashboard and what it listens on are: at their usual ports, or at free ones when another system has those.</summary>
internal static class DashboardPorts
{
    private const int Usual = 15080;
    private const string Urls = "ASPNETCORE_URLS";
    private const string Option = "dashboard-port";
    private static readonly string[] Receivers = ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"];

    public static void Settle(IConfiguration configuration)
    {
        if (SystemSettings.WithoutDashboard(configuration))
        {
            return;
        }
        if (configuration[Option] is { Length: > 0 } asked)
        {
            configuration[Urls] = $"http://localhost:{Ports.Require(SystemSettings.Port(asked, Option), $"--{Option}")}";
        }
        else
        {
            Settle(configuration, Urls, Usual);
        }
        foreach (var receiver in Receivers)
        {
            Settle(configuration, receiver, 0);
        }
    }

    /// <summary>The dashboard's address with the token that opens it; null without a dashboard.</summary>
    public static string? Link(IConfiguration configuration)
    {
        if (SystemSettings.WithoutDashboard(configuration) || configuration[Urls]?.Split(';')[0] is not { Length: > 0 } address)
        {
            return null;
        }
        return configuration["AppHost:BrowserToken"] is { Length: > 0 } token ? $"{address}/login?t={token}" : address;
    }

    private static void Settle(IConfiguration configuration, string name, int usual)
    {
        var address = configuration[name]?.Split(';')[0];
        var port = Uri.TryCreate(address, UriKind.Absolute, out var uri) ? uri.Port : usual;
        if (address is null || (port > 0 && Ports.WhyNotUsable(port, "") is not null))
        {
            var free = port > 0 && Ports.WhyNotUsable(port, "") is null ? port : Ports.FindFree();
            configuration[name] = $"{uri?.Scheme ?? "http"}://localhost:{free}";
        }
    }
}
