using Microsoft.Playwright;
using SwePlatform.Tests.Builders;
using Xunit;

[assembly: AssemblyFixture(typeof(SwePlatform.Tests.Fixtures.BrowserSystem))]

namespace SwePlatform.Tests.Fixtures;

/// <summary>The whole platform, as its users start it, and a real browser. Started when the first test asks for it.</summary>
public sealed class BrowserSystem : IAsyncDisposable
{
    public const string AdminPassword = "correct-horse-battery-staple";

    // One for all that a page may take on a busy machine.
    private static readonly float Timeout = (float)Eventually.Timeout.TotalMilliseconds;

    private static readonly string[] BrowserArguments =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private readonly DirectoryInfo _repositories = Directory.CreateTempSubdirectory("swe-e2e-");
    private readonly Lazy<Task<(AspireSystem System, IPlaywright Playwright, IBrowser Browser)>> _running;

    public BrowserSystem() => _running = new(StartAsync);

    public string RepositoryRoot => _repositories.FullName;

    public async Task<AspireSystem> GetSystemAsync() => (await _running.Value).System;

    /// <summary>A new window, signed in by nothing yet.</summary>
    public async Task<BrowserWindow> OpenAsync(int width = 1280, int height = 900)
    {
        var (system, _, browser) = await _running.Value;
        var context = await browser.NewContextAsync(
            new()
            {
                BaseURL = system.WebAddress!.ToString(),
                ViewportSize = new() { Width = width, Height = height },
            }
        );
        context.SetDefaultTimeout(Timeout);
        return new BrowserWindow(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_running.IsValueCreated)
        {
            var (system, playwright, browser) = await _running.Value;
            await browser.DisposeAsync();
            playwright.Dispose();
            await system.DisposeAsync();
        }
        _repositories.Delete(recursive: true);
    }

    private async Task<(AspireSystem, IPlaywright, IBrowser)> StartAsync()
    {
        var system = await AspireSystem.StartAsync(
            ["--allow-local:0", RepositoryRoot, "--SWE_ADMIN_PASSWORD", AdminPassword],
            builder =>
                builder.Configure(
                    "api",
                    ("Database__ConnectionTimeoutSeconds", "60"),
                    ("Cache__RedisTimeoutMilliseconds", "60000"),
                    ("Auth__MaxRegistrationsPerAddress", "1000000")
                )
        );
        var (playwright, browser) = await LaunchBrowserAsync();
        return (system, playwright, browser);
    }

    internal static async Task<(IPlaywright Playwright, IBrowser Browser)> LaunchBrowserAsync()
    {
        Assertions.SetDefaultExpectTimeout(Timeout);
        var playwright = await Playwright.CreateAsync();
        return (
            playwright,
            await playwright.Chromium.LaunchAsync(
                new()
                {
                    ExecutablePath = FindBrowser(),
                    Args = BrowserArguments,
                    Timeout = Timeout,
                }
            )
        );
    }

    private static string FindBrowser()
    {
        string?[] places =
        [
            Environment.GetEnvironmentVariable("SWE_CHROMIUM"),
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        ];
        return places.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                "No Chromium was found. Install it ('apt-get install chromium'), or set SWE_CHROMIUM to its path."
            );
    }
}
