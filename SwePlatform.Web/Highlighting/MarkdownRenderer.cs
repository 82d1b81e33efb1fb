using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ganss.Xss;
using Markdig;

namespace SwePlatform.Web.Highlighting;

/// <summary>Where the links of a document lead.</summary>
/// <param name="Page">The address of the document itself, for links to its headings.</param>
/// <param name="File">The address of another file of the repository, by its path.</param>
/// <param name="Raw">The address of such a file's content, for images.</param>
/// <param name="Folder">The folder that the document is in; empty for the root.</param>
internal sealed record MarkdownLinks(string Page, Func<string, string> File, Func<string, string> Raw, string Folder);

/// <summary>
/// Markdown as HTML that can do no harm: only elements and attributes that text needs, no scripts, no styles, no other address than of
/// the web, of mail and of this repository, and nothing that is fetched from elsewhere.
/// </summary>
internal static class MarkdownRenderer
{
    public const int MaxCharacters = 512 * 1024;

    // Headings of a document must not be mistaken for parts of the page.
    private const string AnchorPrefix = "doc-";

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseGridTables()
        .UseTaskLists()
        .UseAutoLinks()
        .UseEmphasisExtras()
        .UseFootnotes()
        .UseAlertBlocks()
        .UseAutoIdentifiers(Markdig.Extensions.AutoIdentifiers.AutoIdentifierOptions.GitHub)
        .UseYamlFrontMatter()
        .Build();

    private static readonly string[] Tags =
    [
        .. "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr".Split(' '),
        .. "i img input ins kbd li mark ol p picture pre q s samp section small span strong sub summary sup table tbody td".Split(' '),
        .. "tfoot th thead tr tt u ul var".Split(' '),
    ];

    private static readonly string[] Attributes =
    [
        .. "align alt checked colspan disabled height href id open rowspan scope span src start title type value width".Split(' '),
    ];

    public static bool IsMarkdown(string path) =>
        path.EndsWith(".md", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".markdown", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".mdown", StringComparison.OrdinalIgnoreCase);

    public static string Render(string markdown, MarkdownLinks links)
    {
        var text = markdown.Length > MaxCharacters ? markdown[..MaxCharacters] : markdown;
        string html;
        try
        {
            html = Markdown.ToHtml(text, Pipeline);
        }
        catch (ArgumentException)
        {
            // Markdig refuses what is nested too deep.
            html = $"<pre>{System.Net.WebUtility.HtmlEncode(text)}</pre>";
        }
        return Sanitizer(links).Sanitize(html);
    }

    // One for each document: it knows where the links lead.
    private static HtmlSanitizer Sanitizer(MarkdownLinks links)
    {
        var sanitizer = new HtmlSanitizer(
            new HtmlSanitizerOptions
            {
                AllowedTags = Tags.ToHashSet(StringComparer.OrdinalIgnoreCase),
                AllowedAttributes = Attributes.ToHashSet(StringComparer.OrdinalIgnoreCase),
                AllowedSchemes = new HashSet<string>(["http", "https", "mailto"], StringComparer.OrdinalIgnoreCase),
                UriAttributes = new HashSet<string>(["href", "src"], StringComparer.OrdinalIgnoreCase),
                AllowedCssProperties = new HashSet<string>(),
                AllowedAtRules = new HashSet<AngleSharp.Css.Dom.CssRuleType>(),
            }
        );
        sanitizer.FilterUrl += (_, change) => change.SanitizedUrl = Resolve(change.OriginalUrl, change.Tag is IHtmlImageElement, links);
        sanitizer.PostProcessNode += (_, change) =>
        {
            if (change.Node is IElement element)
            {
                Finish(element, change.Document);
            }
        };
        return sanitizer;
    }

    private static string? Resolve(string url, bool isImage, MarkdownLinks links)
    {
        var target = url.Trim();
        // As a browser reads it: what looks like no scheme to us must not be one to it.
        var plain = string.Concat(target.Where(character => !char.IsControl(character) && !char.IsWhiteSpace(character)));
        var colon = plain.IndexOf(':', StringComparison.Ordinal);
        if (plain.StartsWith("//", StringComparison.Ordinal) || plain.Contains('\\', StringComparison.Ordinal))
        {
            return null;
        }
        if (colon >= 0 && plain.AsSpan(0, colon).IndexOfAny("/?#") < 0)
        {
            return plain[..colon].ToUpperInvariant() is "HTTP" or "HTTPS" or "MAILTO" ? target : null;
        }
        if (plain.StartsWith('#'))
        {
            return $"{links.Page}#{AnchorPrefix}{plain[1..]}";
        }
        var end = target.AsSpan().IndexOfAny("?#") is var found and >= 0 ? found : target.Length;
        if (Combine(links.Folder, Uri.UnescapeDataString(target[..end])) is not { } path)
        {
            return null;
        }
        var anchor = target.IndexOf('#', end) is var hash and >= 0 ? target[hash..] : "";
        var isLine = anchor.Length > 2 && anchor[1] == 'L' && char.IsAsciiDigit(anchor[2]);
        return isImage ? links.Raw(path)
            : anchor.Length < 2 || isLine ? links.File(path) + anchor
            : $"{links.File(path)}#{AnchorPrefix}{anchor[1..]}";
    }

    // Null if it leads out of the repository.
    private static string? Combine(string folder, string relative)
    {
        var parts = relative.StartsWith('/') ? [] : folder.Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
        foreach (var part in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count == 0)
            {
                return null;
            }
            if (part == "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }
        return string.Join('/', parts);
    }

    private static void Finish(IElement element, IDocument document)
    {
        if (element.Id is { Length: > 0 } id)
        {
            element.Id = AnchorPrefix + id;
        }
        switch (element)
        {
            case IHtmlImageElement image when !image.GetAttribute("src")?.StartsWith('/') ?? true:
                // Fetched from elsewhere, it would tell others who reads this.
                ReplaceImage(image, document);
                break;
            case IHtmlImageElement image:
                image.SetAttribute("loading", "lazy");
                image.SetAttribute("alt", image.GetAttribute("alt") ?? "");
                break;
            case IHtmlInputElement input when input.GetAttribute("type") == "checkbox":
                input.SetAttribute("disabled", "");
                input.SetAttribute("aria-label", "Task");
                break;
            case IHtmlInputElement input:
                input.Remove();
                break;
            case IHtmlAnchorElement anchor when anchor.GetAttribute("href")?.StartsWith('/') == false:
                anchor.SetAttribute("rel", "noopener noreferrer nofollow");
                break;
            case IHtmlHeadingElement heading:
                Lower(heading, document);
                break;
            case IHtmlPreElement pre:
                pre.SetAttribute("tabindex", "0");
                break;
        }
    }

    // The page has a first heading of its own. How large a heading is says its old level.
    private static void Lower(IHtmlHeadingElement heading, IDocument document)
    {
        var level = heading.LocalName[1] - '0';
        var lower = document.CreateElement($"h{Math.Min(level + 1, 6)}");
        lower.SetAttribute("data-level", heading.LocalName[1..]);
        if (heading.Id is { Length: > 0 } id)
        {
            lower.Id = id;
        }
        lower.Append([.. heading.ChildNodes]);
        heading.Replace(lower);
    }

    private static void ReplaceImage(IHtmlImageElement image, IDocument document)
    {
        var text = image.GetAttribute("alt") is { Length: > 0 } alt ? alt : "image";
        var address = image.GetAttribute("src");
        IElement shown = document.CreateElement("span");
        if (address is not null && !IsInLink(image))
        {
            shown = document.CreateElement("a");
            shown.SetAttribute("href", address);
            shown.SetAttribute("rel", "noopener noreferrer nofollow");
        }
        shown.TextContent = text;
        image.Replace(shown);
    }

    private static bool IsInLink(IElement element) => element.Closest("a") is not null;
}
