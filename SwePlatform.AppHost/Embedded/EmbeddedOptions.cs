namespace SwePlatform.AppHost.Embedded;

/// <summary>What <see cref="EmbeddedSystem"/> is to start, and where.</summary>
public sealed class EmbeddedOptions
{
    /// <summary>Environment variable with the folder of PostgreSQL's programs, or <c>package</c> for the npm package.</summary>
    public const string PostgresBinariesVariable = "SWE_POSTGRES_BIN";

    /// <summary>Environment variable with the administrator's password; it replaces the one in use.</summary>
    public const string AdminPasswordVariable = "SWE_ADMIN_PASSWORD";

    public const int DefaultApiPort = 8000;
    public const int DefaultWebPort = 8080;

    /// <summary>Holds all state: databases, secrets, workspaces. Created if missing; one run at a time.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Port of the API; 0 picks a free one.</summary>
    public int ApiPort { get; init; } = DefaultApiPort;

    /// <summary>Port of the web front end; 0 picks a free one.</summary>
    public int WebPort { get; init; } = DefaultWebPort;

    public bool WithWeb { get; init; } = true;

    /// <summary>Folders whose Git repositories may be registered as projects by path.</summary>
    public IReadOnlyList<string> LocalRoots { get; init; } = [];

    /// <summary>Further environment of the API and Web processes. It wins over what the host sets itself.</summary>
    public IReadOnlyDictionary<string, string> ServiceEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>Folder of PostgreSQL's programs, or <c>package</c>; null looks for them.</summary>
    public string? PostgresBinaries { get; init; } = Environment.GetEnvironmentVariable(PostgresBinariesVariable);

    /// <summary>The administrator's password from now on; null keeps the one in the data directory.</summary>
    public string? AdminPassword { get; init; } = Environment.GetEnvironmentVariable(AdminPasswordVariable);

    /// <summary>Where the prefixed lines of all parts go.</summary>
    public TextWriter Output { get; init; } = TextWriter.Null;

    /// <summary>Whether <see cref="Output"/> shows ANSI colours.</summary>
    public bool Colors { get; init; }
}
