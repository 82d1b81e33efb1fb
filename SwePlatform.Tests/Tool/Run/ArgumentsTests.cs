using System.Text.Json.Nodes;
using SwePlatform.Tool;
using SwePlatform.Tool.Run;
using Xunit;

namespace SwePlatform.Tests.Tool.Run;

public sealed class ArgumentsTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(
        """
        {"properties": {
            "query": {"type": "string"}, "path": {"type": ["string", "null"]}, "count": {"type": "integer"},
            "ratio": {"type": ["number", "null"]},
            "regex": {"type": "boolean"}, "include": {"type": ["array", "null"], "items": {"type": "string"}},
            "lines": {"type": "array", "items": {"type": "integer"}}, "body": {"type": "object"}, "anything": {}},
         "required": ["query"]}
        """
    )!;

    [Theory]
    [InlineData("count=3", """{"query":"x","count":3}""")]
    [InlineData("ratio=0.5", """{"query":"x","ratio":0.5}""")]
    [InlineData("regex=true", """{"query":"x","regex":true}""")]
    [InlineData("path=", """{"query":"x","path":""}""")]
    [InlineData("path=123", """{"query":"x","path":"123"}""")]
    [InlineData("path=a=b:=c", """{"query":"x","path":"a=b:=c"}""")]
    [InlineData("path:=null", """{"query":"x","path":null}""")]
    [InlineData("include=*.cs", """{"query":"x","include":["*.cs"]}""")]
    [InlineData("include=a,b", """{"query":"x","include":["a,b"]}""")]
    [InlineData("include=a include=b", """{"query":"x","include":["a","b"]}""")]
    [InlineData("""include=["a","b"]""", """{"query":"x","include":["a","b"]}""")]
    [InlineData("lines=1 lines=2", """{"query":"x","lines":[1,2]}""")]
    [InlineData("""body={"a":[1]}""", """{"query":"x","body":{"a":[1]}}""")]
    [InlineData("anything=7", """{"query":"x","anything":7}""")]
    [InlineData("anything=text", """{"query":"x","anything":"text"}""")]
    public void Values_are_read_as_the_schema_wants_them(string given, string expected) =>
        Assert.Equal(expected, Arguments.Read(["query=x", .. given.Split(' ')], Schema).ToJsonString());

    [Theory]
    [InlineData("", "Missing: query=TEXT")]
    [InlineData("query=x count=many", "count: 'many' is no integer.")]
    [InlineData("query=x regex=yes", "regex: 'yes' is no boolean.")]
    [InlineData("query=x colour=red", "There is no argument 'colour'. There are: query, path")]
    [InlineData("query=x query=y", "query is given more than once")]
    [InlineData("query=x include=[c]", "include: '[c]' is not JSON")]
    [InlineData("query", "'query' is not an argument. Write name=value, or name:=json.")]
    [InlineData("=x", "'=x' is not an argument")]
    [InlineData("query=x body:={broken", "body: '{broken' is not JSON")]
    public void What_does_not_fit_is_named(string given, string message)
    {
        var refused = Assert.Throws<UsageException>(() => Arguments.Read(given.Split(' ', StringSplitOptions.RemoveEmptyEntries), Schema));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }
}
