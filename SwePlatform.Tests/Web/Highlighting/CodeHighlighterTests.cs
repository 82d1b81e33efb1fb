using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using SwePlatform.Web.Highlighting;
using Xunit;

namespace SwePlatform.Tests.Web.Highlighting;

/// <summary>Colours of code, and what no code may do to the page or the server.</summary>
public sealed class CodeHighlighterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a.cs", "public class A { } // note", "<span class=\"tk\">public</span>", "<span class=\"tc\">// note</span>")]
    [InlineData("a.py", "def f(): return 'x'", "<span class=\"tk\">def</span>", "<span class=\"ts\">")]
    [InlineData("a.ts", "const a: number = 1;", "<span class=\"tk\">const</span>", "<span class=\"tn\">1</span>")]
    [InlineData("a.go", "func main() { return }", "<span class=\"tk\">func</span>", "<span class=\"tf\">main</span>")]
    [InlineData("a.rs", "fn main() { let a = 1; }", "<span class=\"tk\">fn</span>", "<span class=\"tn\">1</span>")]
    [InlineData("a.java", "class A { int b = 1; }", "<span class=\"tk\">class</span>", "<span class=\"tn\">1</span>")]
    [InlineData("a.json", "{\"a\": \"b\"}", "<span class=\"ta\">", "<span class=\"ts\">")]
    [InlineData("a.yml", "a: b # c", "<span class=\"tt\">a</span>", "<span class=\"tc\"># c</span>")]
    [InlineData("a.html", "<b class=\"x\">y</b>", "<span class=\"tt\">b</span>", "<span class=\"ta\">class</span>")]
    [InlineData("a.sql", "SELECT 1 -- x", "<span class=\"tk\">SELECT</span>", "<span class=\"tc\">-- x</span>")]
    [InlineData("x/Dockerfile", "FROM a", "<span class=\"tk\">FROM</span>", "")]
    [InlineData("a.razor", "<p>@code</p>", "<span class=\"tt\">p</span>", "")]
    public async Task Code_has_the_colours_of_its_language(string path, string code, string one, string other)
    {
        var text = await ColourAsync(path, code);

        var html = CodeMarkup.Line(text.Line(0), text.Tokens(0));

        Assert.Contains(one, html);
        Assert.Contains(other, html);
    }

    [Fact]
    public async Task Thirty_languages_and_more_are_known_and_colour_something()
    {
        Assert.True(CodeLanguages.Count >= 30, $"Only {CodeLanguages.Count} languages are known.");
        string[] paths =
        [
            .. "c cpp cs css dart diff fs go groovy html ini java js json jl less lua md m pas pl php ps1 pug py r rb rs scss sh".Split(
                ' '
            ),
            .. "sql swift ts tsx vb xml yml razor clj coffee tex bat".Split(' '),
        ];
        using var highlighter = new CodeHighlighter(NullLogger<CodeHighlighter>.Instance);
        var languages = new HashSet<string>();
        foreach (var path in paths.Select(extension => $"x.{extension}"))
        {
            var text = new CodeText("# x = \"a\" 1\n// if (1) { return \"b\"; }\n", CodeLanguages.Find(path));
            Assert.NotNull(text.Scope);
            await highlighter.ColourAsync(text, null, () => { }, Cancel);
            Assert.Equal(2, text.ColouredLines);
            languages.Add(text.Scope);
        }

        Assert.True(languages.Count >= 30, $"Only {languages.Count} languages were coloured.");
    }

    [Fact]
    public async Task What_a_file_says_is_text_whatever_it_is()
    {
        var text = await ColourAsync("a.html", "<script>alert(1)</script><img src=x onerror=\"alert('&')\">\u202e\0");

        var html = CodeMarkup.Line(text.Line(0), text.Tokens(0), [new Range(1, 7)]);

        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("<img", html);
        Assert.Contains("<mark>script</mark>", html);
        // Would otherwise turn the order of what follows.
        Assert.Contains("U+202E", html);
        Assert.DoesNotContain("\u202e", html);
        Assert.DoesNotContain("\0", html);
    }

    [Theory]
    [InlineData("a.cs")]
    [InlineData("a.md")]
    [InlineData("a.ts")]
    [InlineData("a.php")]
    public async Task Text_that_is_made_to_be_slow_ends_in_time(string path)
    {
        var hostile = string.Join(
            '\n',
            Enumerable.Repeat(
                string.Concat(Enumerable.Repeat("<<((((a:b?c::", 120)) + "\n" + new string('[', 1900) + "\n" + new string('*', 1900),
                400
            )
        );
        var clock = Stopwatch.StartNew();

        var text = await ColourAsync(path, hostile);

        Assert.True(text.IsColoured);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"It took {clock.Elapsed}.");
    }

    [Fact]
    public async Task A_large_file_stays_plain_and_its_lines_are_found()
    {
        var content = string.Concat(Enumerable.Range(1, 100_000).Select(line => $"int value_{line}; /* of a large file */\n"));
        var clock = Stopwatch.StartNew();
        var text = await ColourAsync("a.c", content);
        var found = TextFinder.Find(text, "VALUE_99999;");

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}.");
        Assert.Equal(100_000, text.LineCount);
        Assert.Equal("int value_100000; /* of a large file */", text.Line(99_999).ToString());
        Assert.Null(text.Tokens(0));
        Assert.Equal([99_998], found.Keys);
        Assert.Equal(new Range(4, 16), Assert.Single(found.Values[0]));
    }

    [Fact]
    public void Lines_end_as_the_systems_of_the_world_end_them()
    {
        var text = new CodeText("a\r\nb\n\nc", null);

        Assert.Equal(4, text.LineCount);
        Assert.Equal(["a", "b", "", "c"], Enumerable.Range(0, 4).Select(index => text.Line(index).ToString()));
        Assert.Equal(1, new CodeText("", null).LineCount);
        Assert.Equal(1, new CodeText("a\n", null).LineCount);
        var line = CodeMarkup.Line(new string('x', 200_000), null);
        Assert.True(line.Length < 6000);
        Assert.Contains("195000 more characters", line);
    }

    private static async Task<CodeText> ColourAsync(string path, string code)
    {
        using var highlighter = new CodeHighlighter(NullLogger<CodeHighlighter>.Instance);
        var text = new CodeText(code, CodeLanguages.Find(path));
        await highlighter.ColourAsync(text, null, () => { }, Cancel);
        return text;
    }
}
