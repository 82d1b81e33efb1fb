using System.Text;
using SwePlatform.Api.Toolbox.Code;
using Xunit;

namespace SwePlatform.Tests.Unit;

public sealed class RequiredLiteralTests
{
    private const string Text =
        "  return value_12 + 7;\r\nreturn value_x + 7;\nneedle\nneedleneedle\nnedle\nneeedle\nif (a) { return b; }\nabc.def\nabcxdef\n\tneedles naïve needle\nthe end needle";

    [Theory]
    [InlineData(@"^\s+return value_\d+ \+ 7;$", "return value_")]
    [InlineData(@"needle", "needle")]
    [InlineData(@"nee+dle", "nee")]
    [InlineData(@"nee*dle", "dle")]
    [InlineData(@"need{2}le", "nee")]
    [InlineData(@"(abc|x)needle?s", "needl")]
    [InlineData(@"[needle]+the end", "the end")]
    [InlineData(@"abc\.def", "abc.def")]
    [InlineData(@"\{ return", "{ return")]
    [InlineData(@"na\u00efve", null)]
    [InlineData(@"needle|end", null)]
    [InlineData(@"(?i)needle", null)]
    [InlineData(@"(?:needle)+", null)]
    [InlineData(@"(a(b|c)needle)+", null)]
    [InlineData(@"\w+", null)]
    [InlineData(@"ab", null)]
    public void It_is_what_every_match_has(string pattern, string? literal) => Assert.Equal(literal, RequiredLiteral.Find(pattern));

    [Theory]
    [InlineData(@"^\s+return value_\d+ \+ 7;\r?$")]
    [InlineData(@"needle$")]
    [InlineData(@"^needle")]
    [InlineData(@"\bneedle\b")]
    [InlineData(@"(needle)+")]
    [InlineData(@"nee+dle")]
    [InlineData(@"nee*dle")]
    [InlineData(@"\{ return .*\}")]
    [InlineData(@"abc\.def")]
    [InlineData(@"abc.def")]
    [InlineData(@"[^x]ve needle")]
    [InlineData(@"\s+needle")]
    public void Looking_for_it_first_finds_the_same(string pattern)
    {
        var regex = RegexLineMatcher.Parse(pattern, caseSensitive: true);
        var required = RequiredLiteral.Find(pattern) is { } literal ? Encoding.UTF8.GetBytes(literal) : null;

        Assert.Equal(Find(regex, null), Find(regex, required));
    }

    private static string Find(System.Text.RegularExpressions.Regex regex, byte[]? required)
    {
        using var matcher = new RegexLineMatcher(regex, required, TestContext.Current.CancellationToken);
        var found = new MatchCollector("a.txt", 0, 100, 1_000_000);
        matcher.Find(Encoding.UTF8.GetBytes(Text), found);
        return string.Join('|', found.Matches?.Select(match => $"{match.Line}:{match.Column}:{match.Length}:{match.Text}") ?? []);
    }
}
