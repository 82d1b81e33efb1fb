using SwePlatform.Web.Highlighting;
using Xunit;

namespace SwePlatform.Tests.Web.Highlighting;

/// <summary>Documents of strangers, as HTML in a page of ours.</summary>
public sealed class MarkdownRendererTests
{
    private static readonly MarkdownLinks Links = new(
        "/p/files/main/docs/a.md",
        path => $"/p/files/{path}",
        path => $"/p/raw/{path}",
        "docs"
    );

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("<svg onload=alert(1)><script>alert(1)</script></svg>")]
    [InlineData("<iframe src=\"https://example.com\"></iframe>")]
    [InlineData("<object data=x></object><embed src=x>")]
    [InlineData("<style>body{display:none}</style>")]
    [InlineData("<div style=\"position:fixed\" onclick=\"alert(1)\">x</div>")]
    [InlineData("<form action=\"/sign-out\"><input type=text name=x><button>go</button></form>")]
    [InlineData("<base href=\"https://example.com\"><meta http-equiv=refresh content=0>")]
    [InlineData("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](JaVaScRiPt:alert(1))")]
    [InlineData("<a href=\"  java\nscript:alert(1)\">x</a>")]
    [InlineData("<a href=\"&#106;avascript:alert(1)\">x</a>")]
    [InlineData("<a href=\"data:text/html,<script>alert(1)</script>\">x</a>")]
    [InlineData("<a href=\"vbscript:x\">x</a>")]
    [InlineData("<a href=\"\\\\example.com\\x\">x</a>")]
    [InlineData("![x](javascript:alert(1))")]
    [InlineData("```\n</code></pre><script>alert(1)</script>\n```")]
    public void Nothing_of_it_runs_or_fetches(string markdown)
    {
        var html = MarkdownRenderer.Render(markdown, Links);

        foreach (
            var bad in new[] { "<script", "onerror=\"", "onload", "onclick", "<iframe", "<object", "<embed", "<style", "style=", "<form" }
        )
        {
            Assert.DoesNotContain(bad, html, StringComparison.OrdinalIgnoreCase);
        }
        foreach (
            var bad in new[] { "=\"javascript", "=\"data:", "=\"vbscript", "<base", "<meta", "<svg", "<button", "type=\"text", "=\"\\\\" }
        )
        {
            Assert.DoesNotContain(bad, html, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("[x](guide.md)", "href=\"/p/files/docs/guide.md\"")]
    [InlineData("[x](../src/a.cs#L5)", "href=\"/p/files/src/a.cs#L5\"")]
    [InlineData("[x](/root.md)", "href=\"/p/files/root.md\"")]
    [InlineData("[x](other.md#part)", "href=\"/p/files/docs/other.md#doc-part\"")]
    [InlineData("[x](#part-two)", "href=\"/p/files/main/docs/a.md#doc-part-two\"")]
    [InlineData("![x](images/a%20b.png)", "src=\"/p/raw/docs/images/a b.png\"")]
    [InlineData("## Part two", "<h3 data-level=\"2\" id=\"doc-part-two\">Part two</h3>")]
    [InlineData("# About", "<h2 ")]
    [InlineData("[x](https://example.com)", "rel=\"noopener noreferrer nofollow\"")]
    [InlineData("| a |\n|---|\n| 1 |", "<td>1</td>")]
    [InlineData("- [x] done", "type=\"checkbox\"")]
    public void What_is_harmless_stays_and_leads_to_the_repository(string markdown, string expected) =>
        Assert.Contains(expected, MarkdownRenderer.Render(markdown, Links));

    [Fact]
    public void Images_of_others_are_links_and_paths_out_of_the_repository_are_none()
    {
        var html = MarkdownRenderer.Render("![logo](https://example.com/x.png) ![](//example.com/y.png) [x](../../../etc/passwd)", Links);

        Assert.DoesNotContain("<img", html);
        Assert.Contains("href=\"https://example.com/x.png\"", html);
        Assert.DoesNotContain("//example.com/y.png", html);
        Assert.DoesNotContain("passwd", html);
    }

    [Fact]
    public void What_is_nested_without_end_ends()
    {
        var html = MarkdownRenderer.Render(new string('>', 100_000) + string.Concat(Enumerable.Repeat("[", 20_000)), Links);

        Assert.NotNull(html);
    }
}
