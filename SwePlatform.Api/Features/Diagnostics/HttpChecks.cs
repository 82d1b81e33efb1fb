using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Features.Performance;

namespace SwePlatform.Api.Features.Diagnostics;

/// <summary>Probes that call the platform over HTTP, as its users do.</summary>
internal sealed partial class HttpChecks(IServer server, IHttpClientFactory clients, IOptions<PerformanceOptions> options)
{
    private const int MostAssets = 40;

    private sealed record Reply(HttpStatusCode Status, byte[] Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
    {
        public string? Encoding => ContentHeaders.ContentEncoding.FirstOrDefault();
    }

    public async Task<Finding> CompressionAsync(string? authorization, CancellationToken cancellationToken)
    {
        var plain = await ApiAsync("/openapi/v1.json", authorization, null, cancellationToken);
        var brotli = await ApiAsync("/openapi/v1.json", authorization, "br", cancellationToken);
        var gzip = await ApiAsync("/openapi/v1.json", authorization, "gzip", cancellationToken);
        var small = await ApiAsync("/api/v1/users/me", authorization, "br, gzip", cancellationToken);
        string[] evidence =
        [
            $"/openapi/v1.json: {plain.Body.Length} bytes, {brotli.Body.Length} as {brotli.Encoding ?? "identity"}, "
                + $"{gzip.Body.Length} as {gzip.Encoding ?? "identity"}",
            $"Vary: {brotli.Headers.Vary}",
            $"a short answer of {small.Body.Length} bytes goes out as {small.Encoding ?? "identity"}",
        ];
        return
            brotli.Encoding == "br"
            && gzip.Encoding == "gzip"
            && brotli.Headers.Vary.Contains("Accept-Encoding")
            && (small.Body.Length >= 1000 || small.Encoding is null)
            ? Finding.Pass("Long answers are compressed as the client takes them.", evidence)
            : Finding.Fail(
                "Answers are not compressed as they should be.",
                "Set Http:Compression to true; if a proxy stands before the API, let it pass Accept-Encoding on.",
                evidence
            );
    }

    public async Task<Finding> PaginationAsync(string? authorization, CancellationToken cancellationToken)
    {
        var (broken, evidence) = (new List<string>(), new List<string>());
        foreach (var path in new[] { "/api/v1/projects", "/api/v1/executions", "/api/v1/audit/logs" })
        {
            var page = await ApiAsync($"{path}?limit=1", authorization, null, cancellationToken);
            var items = page.Status == HttpStatusCode.OK ? (JsonNode.Parse(page.Body)?["items"] as JsonArray)?.Count : null;
            var over = await ApiAsync($"{path}?limit=501", authorization, null, cancellationToken);
            evidence.Add($"{path}: limit=1 gives {items?.ToString() ?? page.Status.ToString()} items, limit=501 gives {(int)over.Status}");
            if (items is null or > 1 || over.Status != HttpStatusCode.BadRequest)
            {
                broken.Add(path);
            }
        }
        return broken.Count == 0
            ? Finding.Pass("Lists come in pages of at most 500.", evidence)
            : Finding.Fail(
                $"These lists do not keep to their limits: {string.Join(", ", broken)}.",
                "A proxy or an older replica answers; see which build is running.",
                evidence
            );
    }

    public async Task<Finding> BundleAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (await WebPageAsync(cancellationToken) is not { } page)
        {
            return NoWeb();
        }
        var (total, evidence) = (page.Html.Body.Length, new List<string>());
        foreach (var asset in page.Assets)
        {
            var reply = await GetAsync(asset, null, "br, gzip", cancellationToken);
            total += reply.Body.Length;
            if (reply.Status != HttpStatusCode.OK)
            {
                return Finding.Fail(
                    $"{asset.AbsolutePath} answers {(int)reply.Status}.",
                    "Web and its assets are of different builds: publish them together, and let the proxy pass all of their paths on.",
                    evidence
                );
            }
            evidence.Add($"{asset.AbsolutePath}: {reply.Body.Length} bytes as {reply.Encoding ?? "identity"}");
            if (reply.Body.Length >= 10_000 && reply.Encoding is null && !asset.AbsolutePath.EndsWith(".woff2", StringComparison.Ordinal))
            {
                return Finding.Fail(
                    $"{asset.AbsolutePath} is sent uncompressed.",
                    "Publish the web front end ('dotnet publish'), which compresses its assets once.",
                    evidence
                );
            }
        }
        var budget = options.Value.BundleBudgetBytes;
        evidence.Insert(0, $"first page with its scripts and styles: {total} bytes, budget {budget}");
        if (!page.Whole)
        {
            evidence.Add("Only what the sign-in page loads: the web front end has no list of its assets at /assets.json.");
        }
        return total <= budget
            ? Finding.Pass($"The first page takes {total / 1024} KiB.", evidence)
            : Finding.Fail(
                $"The first page takes {total / 1024} KiB, over its budget of {budget / 1024} KiB.",
                "scripts/performance/analyze-bundle.sh lists the largest assets.",
                evidence
            );
    }

    public async Task<Finding> CdnAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (await WebPageAsync(cancellationToken) is not { } page)
        {
            return NoWeb();
        }
        var (foreign, evidence, uncacheable) = (0, new List<string>(), 0);
        foreach (var asset in page.Assets)
        {
            var reply = await GetAsync(asset, null, null, cancellationToken);
            var control = reply.Headers.CacheControl?.ToString() ?? "none";
            evidence.Add($"{asset.Host}{asset.AbsolutePath}: Cache-Control: {control}");
            foreign += asset.Host != page.Address.Host ? 1 : 0;
            uncacheable +=
                control.Contains("immutable", StringComparison.Ordinal) || reply.Headers.CacheControl?.MaxAge > TimeSpan.FromDays(1)
                    ? 0
                    : 1;
        }
        return page.Assets.Count == 0
                ? Finding.Fail(
                    "The page names no assets.",
                    "See whether the web front end is up.",
                    $"{page.Address} answers {(int)page.Html.Status}"
                )
            : uncacheable > page.Assets.Count / 2
                ? Finding.Fail(
                    "Most assets may not be cached for long.",
                    "Let the proxy pass Cache-Control on; docs/CDN_SETUP.md says which headers the assets carry.",
                    evidence
                )
            : foreign > 0 ? Finding.Pass("Assets come from a host of their own and may be cached for long.", evidence)
            : Finding.Warn(
                "Assets are ready for a CDN, and the web front end serves them itself.",
                "docs/CDN_SETUP.md: put a CDN before the front end. On one machine or in an office network there is no need.",
                evidence
            );
    }

    private static Finding NoWeb() =>
        Finding.Unknown(
            "The web front end does not answer, or its address is not known.",
            "Set Performance:WebAddress to the address of the web front end, and start it."
        );

    private async Task<(Uri Address, Reply Html, bool Whole, List<Uri> Assets)?> WebPageAsync(CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(options.Value.WebAddress, UriKind.Absolute, out var address))
        {
            return null;
        }
        try
        {
            var html = await GetAsync(new Uri(address, "/sign-in"), null, null, cancellationToken);
            var listed = ReadAssets(await GetAsync(new Uri(address, "/assets.json"), null, null, cancellationToken));
            var names =
                listed.Count > 0
                    ? listed
                    : [.. AssetReferences().Matches(System.Text.Encoding.UTF8.GetString(html.Body)).Select(match => match.Groups[1].Value)];
            return (
                address,
                html,
                listed.Count > 0,
                [
                    .. names
                        .Select(name => Uri.TryCreate(address, name, out var asset) ? asset : null)
                        .OfType<Uri>()
                        .Where(asset => asset.Scheme is "http" or "https")
                        .Distinct()
                        .Take(MostAssets),
                ]
            );
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    // Sign-in loads a small part of what the first page behind it does, so the front end is asked for the list.
    private static List<string> ReadAssets(Reply reply)
    {
        try
        {
            return reply.Status == HttpStatusCode.OK && JsonNode.Parse(reply.Body)?["assets"] is JsonArray names
                ? [.. names.Select(name => name?.GetValue<string>()).OfType<string>()]
                : [];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private Task<Reply> ApiAsync(string path, string? authorization, string? encodings, CancellationToken cancellationToken) =>
        GetAsync(new Uri(OwnAddress(), path), authorization, encodings, cancellationToken);

    private async Task<Reply> GetAsync(Uri address, string? authorization, string? encodings, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(nameof(HttpChecks));
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }
        if (encodings is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", encodings);
        }
        using var response = await client.SendAsync(request, cancellationToken);
        return new(
            response.StatusCode,
            await response.Content.ReadAsByteArrayAsync(cancellationToken),
            response.Headers,
            response.Content.Headers
        );
    }

    private Uri OwnAddress()
    {
        var address =
            server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()
            ?? throw new InvalidOperationException("The server does not listen.");
        return new(AnyHost().Replace(address, "//localhost"));
    }

    [GeneratedRegex(@"(?:src|href)=""([^""]+\.(?:css|js|woff2)(?:\?[^""]*)?)""")]
    private static partial Regex AssetReferences();

    [GeneratedRegex(@"//(\[::\]|0\.0\.0\.0|\*|\+)")]
    private static partial Regex AnyHost();
}
