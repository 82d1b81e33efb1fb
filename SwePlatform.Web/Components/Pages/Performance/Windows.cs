namespace SwePlatform.Web.Components.Pages.Performance;

/// <summary>The spans of time that the API reports on.</summary>
internal static class Windows
{
    public const string Default = "1h";

    public static readonly string[] All = ["5m", "1h", "24h", "30d"];

    public static string Find(string? name) => All.Contains(name) ? name! : Default;

    public static TimeSpan Length(string name) =>
        name switch
        {
            "5m" => TimeSpan.FromMinutes(5),
            "24h" => TimeSpan.FromHours(24),
            "30d" => TimeSpan.FromDays(30),
            _ => TimeSpan.FromHours(1),
        };
}
