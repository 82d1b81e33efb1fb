using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SwePlatform.Tests.Builders;
using Xunit;

namespace SwePlatform.Tests.Fixtures;

/// <summary>
/// A browser window that keeps an eye on what no page may do: report an error, or receive a token of the API.
/// </summary>
public sealed partial class BrowserWindow : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = [];

    public BrowserWindow(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) => Complain(message.Type == "error", $"console: {message.Text}");
        page.PageError += (_, error) => Complain(true, $"error: {error}");
        page.WebSocket += (_, socket) =>
            socket.FrameReceived += (_, frame) =>
                Complain(
                    ApiToken().IsMatch(frame.Text ?? System.Text.Encoding.Latin1.GetString(frame.Binary ?? [])),
                    "a token came over the web socket"
                );
        page.Response += async (_, response) =>
        {
            try
            {
                var headers = await response.AllHeadersAsync();
                Complain(headers.Values.Any(value => ApiToken().IsMatch(value)), $"a token came in a header of {response.Url}");
            }
            catch (PlaywrightException)
            {
                // The window was closed meanwhile, and nobody awaits this.
            }
        };
    }

    public IPage Page { get; }

    public ILocator this[string testId] => Page.GetByTestId(testId);

    /// <summary>Signs in with the form.</summary>
    public async Task SignInAsync(string email, string password)
    {
        await Page.GotoAsync("/sign-in");
        await this["email"].FillAsync(email);
        await this["password"].FillAsync(password);
        await this["sign-in"].ClickAsync();
    }

    /// <summary>Fails if anything happened that no page may do.</summary>
    public async Task AssertCleanAsync()
    {
        var state = await _context.StorageStateAsync();
        Assert.DoesNotMatch(ApiToken(), state);
        Assert.DoesNotMatch(ApiToken(), await Page.ContentAsync());
        Assert.Empty(_complaints);
    }

    /// <summary>Fails if the page is wider than its window.</summary>
    public Task AssertFitsAsync() =>
        Eventually.HoldsAsync(
            () => Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"),
            $"{Page.Url} does not scroll sideways"
        );

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Complain(bool justified, string what)
    {
        if (justified)
        {
            _complaints.Enqueue(what);
        }
    }

    // How every JSON web token begins, and every API key.
    [GeneratedRegex("eyJ[A-Za-z0-9_-]{10,}\\.|swe_[A-Za-z0-9_-]{20,}")]
    private static partial Regex ApiToken();
}
