using System.Net;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace SwePlatform.Api.Features.Imports.Http;

/// <summary>
/// Sends the requests that users cause: no proxy, no cookies, no trace of ours in the headers, and a pipeline of
/// timeouts, retries and a circuit breaker for each of those on whose behalf it sends.
/// </summary>
internal sealed class OutboundClient : IDisposable
{
    private const int MaxRedirects = 5;
    private static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(15);
    private static readonly HttpRequestOptionsKey<string> Circuit = new("circuit");
    private static readonly HttpRequestOptionsKey<bool> Repeatable = new("repeatable");

    private readonly OutboundOptions _options;
    private readonly HttpMessageInvoker _invoker;
    private readonly MemoryCache _pipelines = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    public OutboundClient(IOptions<OutboundOptions> options, OutboundGuard guard)
    {
        _options = options.Value;
        _invoker = new(
            new ResilienceHandler(FindPipeline)
            {
                InnerHandler = new SocketsHttpHandler
                {
                    ConnectCallback = guard.ConnectAsync,
                    UseProxy = false,
                    UseCookies = false,
                    AllowAutoRedirect = false,
                    ActivityHeadersPropagator = null,
                    AutomaticDecompression = DecompressionMethods.All,
                    ConnectTimeout = TimeSpan.FromSeconds(10),
                    PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                    MaxResponseHeadersLength = 64,
                },
            }
        );
    }

    /// <param name="circuit">On whose behalf: failures of one do not stop the requests of another.</param>
    /// <param name="repeatable">Whether the request may be sent again if it fails.</param>
    /// <exception cref="OutboundRefusedException">The address must not be reached, or does not answer.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        string circuit,
        bool repeatable,
        CancellationToken cancellationToken
    )
    {
        for (var redirects = 0; ; redirects++)
        {
            request.Options.Set(Circuit, circuit);
            request.Options.Set(Repeatable, repeatable);
            var response = await SendOnceAsync(request, cancellationToken);
            var reads = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head;
            if (!_options.AllowRedirects || !reads || redirects == MaxRedirects || Target(request, response) is not { } target)
            {
                return response;
            }
            response.Dispose();
            request = Follow(request, target);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var origin = request.RequestUri!.GetLeftPart(UriPartial.Authority);
        try
        {
            return await _invoker.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.InnerException is OutboundRefusedException refused)
        {
            throw refused;
        }
        catch (BrokenCircuitException)
        {
            throw new OutboundRefusedException(
                $"{origin} failed too often in the last minute, and is left alone for {BreakDuration.TotalSeconds:0} s. Try again then."
            );
        }
        catch (TimeoutRejectedException)
        {
            throw new OutboundRefusedException($"{origin} did not answer in time.");
        }
        catch (HttpRequestException exception)
        {
            throw new OutboundRefusedException($"{origin} could not be reached ({exception.HttpRequestError}).");
        }
    }

    private static Uri? Target(HttpRequestMessage request, HttpResponseMessage response) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location
            ? OutboundGuard.CheckForm(new Uri(request.RequestUri!, location).AbsoluteUri)
            : null;

    private static HttpRequestMessage Follow(HttpRequestMessage request, Uri target)
    {
        var next = new HttpRequestMessage(request.Method, target);
        // Whatever was meant for one server is none of another's business.
        if (
            Uri.Compare(request.RequestUri, target, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase)
            == 0
        )
        {
            foreach (var header in request.Headers)
            {
                next.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }
        return next;
    }

    private ResiliencePipeline<HttpResponseMessage> FindPipeline(HttpRequestMessage request)
    {
        request.Options.TryGetValue(Circuit, out var circuit);
        return _pipelines.GetOrCreate(
            circuit!,
            entry =>
            {
                entry.Size = 1;
                entry.SlidingExpiration = TimeSpan.FromMinutes(10);
                return CreatePipeline();
            }
        )!;
    }

    private ResiliencePipeline<HttpResponseMessage> CreatePipeline() =>
        new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddTimeout(new HttpTimeoutStrategyOptions { Timeout = _options.CallLimit })
            .AddRetry(
                new HttpRetryStrategyOptions
                {
                    MaxRetryAttempts = 2,
                    Delay = TimeSpan.FromMilliseconds(250),
                    ShouldHandle = arguments =>
                        ValueTask.FromResult(
                            IsTransient(arguments.Outcome)
                                && arguments.Context.GetRequestMessage() is { } request
                                && request.Options.TryGetValue(Repeatable, out var repeatable)
                                && repeatable
                        ),
                }
            )
            .AddCircuitBreaker(
                new HttpCircuitBreakerStrategyOptions
                {
                    FailureRatio = 0.5,
                    MinimumThroughput = 10,
                    SamplingDuration = TimeSpan.FromSeconds(60),
                    BreakDuration = BreakDuration,
                    ShouldHandle = arguments => ValueTask.FromResult(IsTransient(arguments.Outcome)),
                }
            )
            .AddTimeout(new HttpTimeoutStrategyOptions { Timeout = _options.AttemptLimit })
            .Build();

    // 429 says that the server is well, and that the caller should slow down.
    private static bool IsTransient(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is not HttpRequestException { InnerException: OutboundRefusedException }
        && outcome.Result?.StatusCode != HttpStatusCode.TooManyRequests
        && HttpClientResiliencePredicates.IsTransient(outcome);

    public void Dispose()
    {
        _invoker.Dispose();
        _pipelines.Dispose();
    }
}
