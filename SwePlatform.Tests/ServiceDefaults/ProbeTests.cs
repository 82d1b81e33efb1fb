using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.ServiceDefaults;

public sealed class ProbeTests(Platform platform) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = platform.Address };

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/Health?from=balancer")]
    public async Task A_probe_says_one_word_to_anyone(string path)
    {
        // While the machine stalls it may be something else, and rightly so.
        var answer = await Eventually.FindAsync(async () =>
            await _http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken)
                is { StatusCode: HttpStatusCode.OK } healthy
                ? healthy
                : null
        );

        Assert.Equal("Healthy", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task A_probe_is_read_and_not_written()
    {
        using var head = new HttpRequestMessage(HttpMethod.Head, "/health");
        using var post = new HttpRequestMessage(HttpMethod.Post, "/health");

        await A_probe_says_one_word_to_anyone("/health");
        var headers = await _http.SendAsync(head, TestContext.Current.CancellationToken);
        var refused = await _http.SendAsync(post, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, 7), (headers.StatusCode, headers.Content.Headers.ContentLength));
        Assert.Equal(
            (HttpStatusCode.MethodNotAllowed, "GET, HEAD"),
            (refused.StatusCode, string.Join(", ", refused.Content.Headers.Allow))
        );
    }

    public void Dispose() => _http.Dispose();
}
