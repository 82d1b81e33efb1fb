namespace SwePlatform.Tool.Discovery;

/// <summary>The environment variables that commands follow; an empty one counts as absent.</summary>
internal static class Variables
{
    public const string ApiUrl = "API_URL";
    public const string ApiToken = "API_TOKEN";
    public const string AdminPassword = "SWE_ADMIN_PASSWORD";
    public const string DatabaseUrl = "DATABASE_URL";
    public const string OutputFolder = "OUTPUT_DIR";

    /// <summary>Folder of PostgreSQL's own programs.</summary>
    public const string PostgresPrograms = "SWE_POSTGRES_BIN";

    public static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
