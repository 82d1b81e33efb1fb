using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.E2E;

/// <summary>The host of a request is whatever its sender says; what is answered must not repeat it.</summary>
public sealed class HostHeaderTests(BrowserSystem running)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/projects")]
    [InlineData("/executions?status=failed")]
    [InlineData("/sign-in?returnUrl=https%3A%2F%2Fevil.example%2F")]
    public async Task No_answer_of_the_front_end_names_the_host_that_the_request_claims(string path)
    {
        var system = await running.GetSystemAsync();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = system.WebAddress,
            Timeout = Eventually.Timeout,
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = "attacker.example";

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Redirect, $"{response.StatusCode}");
        Assert.DoesNotContain("attacker.example", response.Headers.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "attacker.example",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }
}
