using SwePlatform.Tool.Connect;
using Tomlyn.Model;
using Xunit;

namespace SwePlatform.Tests.Tool.Connect;

public sealed class TomlDocumentTests
{
    private const string Entry = "[mcp_servers.swe]\nurl = \"u\"\n";

    [Theory]
    [InlineData("", Entry)]
    [InlineData("model = \"a\" # mine\n", "model = \"a\" # mine\n\n" + Entry)]
    [InlineData("[mcp_servers.other]\ncommand = \"x\"", "[mcp_servers.other]\ncommand = \"x\"\n\n" + Entry)]
    [InlineData(
        "[mcp_servers.swe]\nurl = \"old\"\n\n# about p\n[profiles.p]\nmodel = \"b\"\n",
        "# about p\n[profiles.p]\nmodel = \"b\"\n\n" + Entry
    )]
    [InlineData("[ mcp_servers . \"swe\" ] # here\nurl = \"old\"\n[a]\nb = 1\n", "[a]\nb = 1\n\n" + Entry)]
    [InlineData("[a]\r\nb = 1\r\n", "[a]\r\nb = 1\r\n\r\n[mcp_servers.swe]\r\nurl = \"u\"\r\n")]
    public void The_table_is_added_or_replaced_and_the_rest_stays(string text, string expected)
    {
        var changed = Set(text);

        Assert.Equal(expected, changed);
        Assert.Equal(changed, Set(changed));
    }

    [Fact]
    public void What_else_is_set_about_the_server_stays()
    {
        var changed = Set("[mcp_servers.swe]\nurl = \"old\"\ntool_timeout_sec = 60\n[mcp_servers.swe.http_headers]\nX-Team = \"a\"\n");

        Assert.Equal("[mcp_servers.swe]\nurl = \"u\"\ntool_timeout_sec = 60\n[mcp_servers.swe.http_headers]\nX-Team = \"a\"\n", changed);
    }

    [Theory]
    [InlineData("model = ")]
    [InlineData("[a\nb = 1")]
    [InlineData("mcp_servers = { other = { command = \"x\" } }")]
    [InlineData("mcp_servers = 5")]
    [InlineData("mcp_servers.swe.url = \"old\"")]
    [InlineData("note = \"\"\"\n[mcp_servers.swe]\nkept\n\"\"\"")]
    public void What_cannot_be_changed_without_a_loss_is_refused(string text) => Assert.Throws<FormatException>(() => Set(text));

    private static string Set(string text) => TomlDocument.Set(text, "mcp_servers", "swe", (TomlTable entry) => entry["url"] = "u");
}
