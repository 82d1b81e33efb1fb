using System.Text.Json.Nodes;
using SwePlatform.Tool.Connect;
using Xunit;

namespace SwePlatform.Tests.Tool.Connect;

public sealed class JsonDocumentTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    [InlineData("{}")]
    public void An_empty_file_gets_the_member_alone(string text) =>
        Assert.Equal("{\n  \"servers\": {\n    \"swe\": {\n      \"url\": \"u\"\n    }\n  }\n}", Set(text).TrimEnd());

    [Theory]
    [InlineData(
        """{"servers":{"other":{"command":"x"}},"inputs":[1]}""",
        """{"servers":{"other":{"command":"x"},""",
        """},"inputs":[1]}"""
    )]
    [InlineData("""{"inputs":[1],"servers":{}}""", """{"inputs":[1],"servers":{""", "}}")]
    [InlineData("""{"inputs":[1]}""", """{"inputs":[1],""", "}")]
    [InlineData("""{"servers":{"swe":{"command":"x"},"z":{}}}""", """{"servers":{"swe":{""", ""","z":{}}}""")]
    [InlineData(
        """{"a":1234567890123456789.12345678901234567890,"b":"\u00e4 \/"}""",
        """{"a":1234567890123456789.12345678901234567890,"b":"\u00e4 \/",""",
        "}"
    )]
    public void What_is_there_stays_as_it_is_written(string text, string begin, string end)
    {
        var changed = Set(text);

        Assert.Equal("u", (string?)JsonNode.Parse(changed)!["servers"]!["swe"]!["url"]);
        Assert.StartsWith(begin, changed, StringComparison.Ordinal);
        Assert.EndsWith(end, changed, StringComparison.Ordinal);
    }

    [Fact]
    public void Comments_trailing_commas_and_line_ends_stay()
    {
        const string text = "{\r\n\t// mine\r\n\t\"servers\": {\r\n\t\t\"other\": {}, // keep\r\n\t},\r\n\t/* end */\r\n}\r\n";

        var changed = Set(text);

        Assert.Equal(
            "{\r\n\t// mine\r\n\t\"servers\": {\r\n\t\t\"other\": {}, // keep\r\n    \"swe\": {\r\n      \"url\": \"u\"\r\n"
                + "    }\r\n\t},\r\n\t/* end */\r\n}\r\n",
            changed
        );
        Assert.Equal(changed, Set(changed));
    }

    [Fact]
    public void A_comment_behind_the_last_member_stays_with_it() =>
        Assert.StartsWith("{\n  \"a\": 1, // one\n  \"servers\"", Set("{\n  \"a\": 1 // one\n}"), StringComparison.Ordinal);

    [Fact]
    public void Of_members_with_the_same_name_the_last_counts_as_for_readers()
    {
        var changed = Set("""{"servers":{"old":{}},"servers":{"swe":{"url":"a"}}}""");

        Assert.StartsWith("""{"servers":{"old":{}},"servers":{"swe":{""", changed, StringComparison.Ordinal);
        Assert.Equal("u", (string?)JsonDocumentText.Get(changed, "servers", "swe")!["url"]);
    }

    [Fact]
    public void What_else_is_set_about_the_server_stays()
    {
        var entry = JsonDocumentText.Get(Set("""{"servers":{"swe":{"timeout":5,"url":"old"}}}"""), "servers", "swe")!;

        Assert.Equal((5, "u"), ((int)entry["timeout"]!, (string?)entry["url"]));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{broken")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("""{"servers":null}""")]
    [InlineData("""{"servers":[]}""")]
    [InlineData("""{"servers":{}} trailing""")]
    [InlineData("""{"servers":{"swe":{}""")]
    public void What_is_not_such_a_file_is_refused(string text) => Assert.Throws<FormatException>(() => Set(text));

    private static string Set(string text) => JsonDocumentText.Set(text, "servers", "swe", entry => entry["url"] = "u");
}
