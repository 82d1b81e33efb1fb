using SwePlatform.AppHost.Embedded.Services;

namespace SwePlatform.AppHost.Embedded;

/// <summary>
/// The whole platform without containers: PostgreSQL, Garnet, and the API and Web as child processes, started in
/// this order, each once the one before it answers. Disposing it stops everything in reverse order and leaves
/// the data directory ready for the next start.
/// <code>
/// await using var system = await EmbeddedSystem.StartAsync(
///     new EmbeddedOptions { DataDirectory = folder, ApiPort = 0, WebPort = 0 }, cancellationToken);
/// using var client = new HttpClient { BaseAddress = system.ApiAddress };
/// </code>
/// </summary>
public sealed class EmbeddedSystem : IAsyncDisposable
{
    private readonly DataDirectory _data;
    private readonly HostLog _log;
    private Stores? _stores;
    private Supervisor? _services;
    private Uri? _apiAddress;
    private Uri? _webAddress;
    private string? _signInCode;
    private string? _announcedCode;

    private EmbeddedSystem(DataDirectory data, HostLog log)
    {
        _data = data;
        _log = log;
    }

    /// <summary>Npgsql connection string of the database; its user may create further databases.</summary>
    public string DatabaseConnectionString => Running.DatabaseConnectionString;

    /// <summary>StackExchange.Redis connection string of Garnet.</summary>
    public string RedisConnectionString => Running.RedisConnectionString;

    /// <summary>
    /// The settings the API is given, by the names of environment variables (<c>Auth__SigningKey</c>): for tests
    /// that host the API in their own process on these stores. It holds secrets.
    /// </summary>
    public IReadOnlyDictionary<string, string> ApiEnvironment { get; private set; } = new Dictionary<string, string>();

    /// <summary>Address of the API.</summary>
    public Uri ApiAddress => _apiAddress ?? throw new InvalidOperationException("Only the stores were started. Call StartAsync.");

    /// <summary>Address of the web front end; null without it.</summary>
    public Uri? WebAddress => _webAddress;

    /// <summary>Signs the administrator in, once; null without the web front end. A restart of the API makes a new one.</summary>
    public Uri? SignInLink => _webAddress is null ? null : new Uri(_webAddress, $"/sign-in?code={_signInCode}");

    /// <summary>The file with the password of <c>admin@swe.local</c>, readable for its owner only.</summary>
    public string AdminPasswordFile => _data.AdminPasswordFile;

    /// <summary>Faults if the system can no longer be kept running; completes never otherwise.</summary>
    public Task Failure => _services?.Failure ?? Task.Delay(Timeout.Infinite);

    private Stores Running => _stores ?? throw new InvalidOperationException("The stores are not running.");

    /// <summary>Starts everything, and returns once everything answers.</summary>
    /// <exception cref="HostException">It cannot start; the message says what to do.</exception>
    public static Task<EmbeddedSystem> StartAsync(EmbeddedOptions options, CancellationToken cancellationToken = default) =>
        StartAsync(options, withServices: true, cancellationToken);

    /// <summary>Starts only PostgreSQL and Garnet.</summary>
    /// <exception cref="HostException">They cannot start; the message says what to do.</exception>
    public static Task<EmbeddedSystem> StartStoresAsync(EmbeddedOptions options, CancellationToken cancellationToken = default) =>
        StartAsync(options, withServices: false, cancellationToken);

    /// <summary>Tells that the end is near, so that a service that ends now is not taken for a crashed one.</summary>
    public void BeginStop() => _services?.BeginStop();

    /// <summary>Ends services that take their time to stop. The stores are still stopped properly.</summary>
    public void Hurry() => _services?.Hurry();

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }
        _data.Dispose();
    }

    private static async Task<EmbeddedSystem> StartAsync(EmbeddedOptions options, bool withServices, CancellationToken cancellationToken)
    {
        var log = new HostLog(options.Output, options.Colors);
        var repository = Repository.Find();
        var system = new EmbeddedSystem(DataDirectory.Open(options.DataDirectory), log);
        try
        {
            if (withServices)
            {
                await system.StartAllAsync(options, repository, cancellationToken);
            }
            else
            {
                await system.StartStoresAsync(options, repository, cancellationToken);
            }
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    private async Task StartStoresAsync(EmbeddedOptions options, Repository repository, CancellationToken cancellationToken)
    {
        var admin = AdminPassword.Load(_data, options.AdminPassword);
        _stores = await Stores.StartAsync(options, _data, repository, _log, cancellationToken);
        ApiEnvironment = ServiceEnvironment.ForApi(options, _data, repository, _stores, admin);
    }

    private async Task StartAllAsync(EmbeddedOptions options, Repository repository, CancellationToken cancellationToken)
    {
        var apiPort = await ServicePorts.ClaimAsync(options.ApiPort, "--api-port", _data.LastRunFile, _log, cancellationToken);
        var webPort = options.WithWeb
            ? await ServicePorts.ClaimAsync(options.WebPort, "--web-port", _data.LastRunFile, _log, cancellationToken)
            : 0;
        await StartStoresAsync(options, repository, cancellationToken);

        var api = Define("api", "SwePlatform.Api", apiPort, () => [.. ApiEnvironment, NewSignInCode(), .. WebFor(webPort)]);
        _services = new Supervisor(_log, new LastRun(_data.LastRunFile), AnnounceReady);
        await _services.StartAsync(api, cancellationToken);
        _apiAddress = api.Address;
        if (options.WithWeb)
        {
            var web = Define("web", "SwePlatform.Web", webPort, () => ServiceEnvironment.ForWeb(apiPort, _data, Running));
            await _services.StartAsync(web, cancellationToken);
            _webAddress = web.Address;
        }
        _services.Watch("postgres", () => Running.Postgres.IsRunning, Running.Postgres.RestartAsync);
        AnnounceReady();

        ServiceDefinition Define(string name, string project, int port, Func<IEnumerable<KeyValuePair<string, string>>> environment) => new(
            name, repository.BuiltAssembly(project), Path.Combine(repository.Root, project), port,
            () => [.. ServiceEnvironment.ForProcess(port), .. environment(), .. options.ServiceEnvironment]);
    }

    // For the API's probes of the front end's assets.
    private static KeyValuePair<string, string>[] WebFor(int port) => port == 0 ? [] : [new("Performance__WebAddress", $"http://localhost:{port}")];

    private KeyValuePair<string, string> NewSignInCode()
    {
        _signInCode = Secrets.NewPassword();
        return new("Auth__SignInCode", _signInCode);
    }

    private void AnnounceReady()
    {
        if (_webAddress is null)
        {
            _log.Announce($"Ready: API {Show(ApiAddress)} (no web front end)");
            _log.Announce(
                $$"""
                Log in: curl -s {{Show(ApiAddress)}}/api/v1/auth/login -H 'Content-Type: application/json' \
                          -d "{\"email\":\"admin@swe.local\",\"password\":\"$(cat '{{AdminPasswordFile}}')\"}"
                """);
            return;
        }
        _log.Announce($"Ready: web {Show(_webAddress)}, API {Show(ApiAddress)}");
        if (_announcedCode != _signInCode)
        {
            _announcedCode = _signInCode;
            _log.Announce($"Sign in: {SignInLink}  (works once)");
        }
    }

    private static string Show(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
