namespace SwePlatform.Web.Clients;

/// <summary>Whether the API is ready. All pages that wait for it ask once together.</summary>
internal sealed class ApiProbe(IHttpClientFactory clients, TimeProvider time) : IDisposable
{
    public const string ClientName = "probe";
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _one = new(1);
    private DateTimeOffset _askedAt;
    private bool _ready;

    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (time.GetUtcNow() - _askedAt > Fresh)
            {
                _ready = await AskAsync(cancellationToken);
                _askedAt = time.GetUtcNow();
            }
            return _ready;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            using var http = clients.CreateClient(ClientName);
            using var response = await http.GetAsync("health", timeout.Token);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception)
            when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
