namespace SwePlatform.AppHost.Embedded.Services;

/// <summary>The environment through which the services learn of each other and of the stores.</summary>
internal static class ServiceEnvironment
{
    private static readonly string[] Foreign = ["ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", EmbeddedOptions.AdminPasswordVariable];

    /// <summary>Takes out what would change where a service listens, or how Npgsql connects.</summary>
    public static void Clean(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(name => Foreign.Contains(name) || name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            environment.Remove(name);
        }
    }

    /// <summary>What the API needs, wherever it runs: in a process of its own or in a test's.</summary>
    public static Dictionary<string, string> ForApi(
        EmbeddedOptions options, DataDirectory data, Repository repository, Stores stores, AdminPassword admin)
    {
        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__swedb"] = stores.DatabaseConnectionString,
            ["ConnectionStrings__redis"] = stores.RedisConnectionString,
            ["Auth__SigningKey"] = data.Secrets.SigningKey,
            ["Auth__AdminPassword"] = admin.Value,
            ["Workspaces__Root"] = data.Workspaces,
        };
        if (admin.Reset)
        {
            environment["Auth__ResetAdminPassword"] = "true";
        }
        if (repository.IsGitCheckout)
        {
            environment["Projects__SelfRepository"] = repository.Root;
        }
        for (var i = 0; i < options.LocalRoots.Count; i++)
        {
            environment[$"Projects__LocalRoots__{i}"] = Path.GetFullPath(options.LocalRoots[i]);
        }
        return environment;
    }

    public static Dictionary<string, string> ForWeb(int apiPort, DataDirectory data, Stores stores) => new()
    {
        ["services__api__http__0"] = $"http://localhost:{apiPort}",
        ["ConnectionStrings__redis"] = stores.RedisConnectionString,
        // Garnet forgets what was not used for long once its memory is full; without these keys nobody stays signed in.
        ["Sessions__KeyFolder"] = data.SessionKeys,
    };

    /// <summary>What every service process gets.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ForProcess(int port) => new Dictionary<string, string>
    {
        ["ASPNETCORE_URLS"] = $"http://localhost:{port}",
        ["SWE_STOP_WITH_PARENT"] = "true",
        // One line an entry, because each line gets the service's name.
        ["Logging__Console__FormatterName"] = "simple",
        ["Logging__Console__FormatterOptions__SingleLine"] = "true",
    };
}
