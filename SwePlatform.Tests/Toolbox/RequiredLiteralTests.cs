using System.Text;
using SwePlatform.Api.Toolbox.Code;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

public sealed class RequiredLiteralTests
{
    private const string Text =
        "  return value_12 + 7;\r\nreturn value_x + 7;\nneedle\nneedleneedle\nnedle\nneeedle\nif (a) { return b; }\n"
        + "abc.def\nabcxdef\n\tneedles naïve needle\nthe end needle";

    [Theory]
    [InlineData(@"^\s+return value_\d+ \+ 7;$", "return value_", " + 7;")]
    [InlineData(@"needle", "needle")]
    [InlineData(@"nee+dle", "nee", "dle")]
    [InlineData(@"nee*dle", "dle", "ne")]
    [InlineData(@"need{2}le", "nee", "le")]
    [InlineData(@"(abc|x)needle?s", "needl", "s")]
    [InlineData(@"[needle]+the end", "the end")]
    [InlineData(@"abc\.def", "abc.def")]
    [InlineData(@"\{ return", "{ return")]
    [InlineData(@"na\u00efve")]
    [InlineData(@"needle|end")]
    [InlineData(@"(?i)needle")]
    [InlineData(@"(?:needle)+")]
    [InlineData(@"(a(b|c)needle)+")]
    [InlineData(@"foo{bar|baz}qux")]
    [InlineData(@"import {foo|bar} from")]
    [InlineData(@"{(a}bcd)?needle", "needle")]
    [InlineData(@"{(?i)}needle")]
    [InlineData(@"nee{2,}dles{1}", "dle", "ne")]
    [InlineData(@"{needle}", "needle")]
    [InlineData("\U0001F600?needle", "needle")]
    [InlineData(@"[\c]]needle")]
    [InlineData(@"(\c[(a])bcd)?needle")]
    [InlineData(@"\w+")]
    [InlineData(@"ab")]
    public void They_are_what_every_match_has(string pattern, params string[] literals) =>
        Assert.Equal(literals, RequiredLiteral.Find(pattern));

    [Theory]
    [InlineData(@"^\s+return value_\d+ \+ 7;\s?$")]
    [InlineData(@"needle$")]
    [InlineData(@"^needle")]
    [InlineData(@"\bneedle\b")]
    [InlineData(@"nee+dle")]
    [InlineData(@"nee*dle")]
    [InlineData(@"\{ return .*\}")]
    [InlineData(@"abc\.def")]
    [InlineData(@"abc.def")]
    [InlineData(@"[^x]ve needle")]
    [InlineData(@"\s+needle")]
    public void Looking_for_them_first_finds_the_same(string pattern)
    {
        var regex = RegexLineMatcher.Parse(pattern, caseSensitive: true);
        byte[][] required = [.. RequiredLiteral.Find(pattern).Select(Encoding.UTF8.GetBytes)];

        Assert.NotEmpty(required);
        Assert.Equal(Find(regex, []), Find(regex, required));
    }

    private static string Find(System.Text.RegularExpressions.Regex regex, byte[][] required)
    {
        using var matcher = new RegexLineMatcher(regex, required, TestContext.Current.CancellationToken);
        var found = new MatchCollector("a.txt", 0, 100, 1_000_000);
        matcher.Find(Encoding.UTF8.GetBytes(Text), found);
        return string.Join('|', found.Matches?.Select(match => $"{match.Line}:{match.Column}:{match.Length}:{match.Text}") ?? []);
    }
}
