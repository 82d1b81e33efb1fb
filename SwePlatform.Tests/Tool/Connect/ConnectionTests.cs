using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using SwePlatform.Tool;
using SwePlatform.Tool.Connect;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Login;
using SwePlatform.Tool.Processes;
using Xunit;

namespace SwePlatform.Tests.Tool.Connect;

public sealed class ConnectionTests(Platform platform) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("swe-connect-");
    private readonly StringWriter _output = new();
    private ApiClient _member = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _member = await platform.NewMemberAsync();

    public ValueTask DisposeAsync()
    {
        _member.Dispose();
        _output.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("claude-code", ".mcp.json", "mcpServers")]
    [InlineData("vscode", ".vscode/mcp.json", "servers")]
    [InlineData("cursor", ".cursor/mcp.json", "mcpServers")]
    public async Task A_client_gets_an_address_and_a_key_with_which_it_can_call_tools(string client, string file, string member)
    {
        Assert.Equal(0, await ConnectAsync(client));

        var entry = JsonNode.Parse(Read(file))![member]!["swe-platform"]!;
        Assert.Equal(new Uri(platform.Address, "mcp"), new Uri((string)entry["url"]!));
        Assert.Equal(client == "cursor" ? null : "http", (string?)entry["type"]);
        Assert.Equal(HttpStatusCode.OK, await CallAsync((string)entry["url"]!, (string)entry["headers"]!["X-API-Key"]!));
        Assert.DoesNotContain("swe_", _output.ToString(), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf(file)));
        }
    }

    [Fact]
    public async Task Codex_gets_the_same_as_toml()
    {
        Assert.Equal(0, await ConnectAsync("codex"));

        var lines = Read(".codex/config.toml").Split('\n');
        Assert.Equal("[mcp_servers.swe-platform]", lines[0]);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(lines[1].Split('"')[1], lines[^2].Split('"')[^2]));
    }

    [Fact]
    public async Task The_key_can_run_tools_and_nothing_more()
    {
        await ConnectAsync("claude-code");

        var key = (await _member.GetAsync("/api-keys")).Expect(HttpStatusCode.OK)["items"]!.AsArray().Single()!;

        Assert.StartsWith("Claude Code on ", (string)key["name"]!, StringComparison.Ordinal);
        Assert.Equal(["read", "execute"], key["scopes"]!.AsArray().Select(scope => (string)scope!));
    }

    [Fact]
    public async Task It_can_be_bound_to_a_project_by_name()
    {
        var id = await _member.AddProjectAsync(platform.NewRepository().Write("a.cs", "class A;").Commit().Folder);
        var name = (string)(await _member.GetAsync($"/projects/{id}")).Expect(HttpStatusCode.OK)["name"]!;

        Assert.Equal(0, await ConnectAsync("claude-code", options => options with { Project = name }));

        Assert.EndsWith(
            $"/mcp/projects/{id}",
            (string)JsonNode.Parse(Read(".mcp.json"))!["mcpServers"]!["swe-platform"]!["url"]!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Connecting_again_replaces_and_revokes_the_key_and_keeps_the_rest()
    {
        Write(".mcp.json", """{"mcpServers":{"other":{"command":"x"}},"mine":1}""");
        await ConnectAsync("claude-code");
        var before = Read(".mcp.json");

        await ConnectAsync("claude-code");

        var after = JsonNode.Parse(Read(".mcp.json"))!;
        Assert.Equal(("x", 1), ((string)after["mcpServers"]!["other"]!["command"]!, (int)after["mine"]!));
        Assert.Equal(1, (int)(await _member.GetAsync("/api-keys")).Expect(HttpStatusCode.OK)["total"]!);
        Assert.Contains(before, Directory.GetFiles(_folder.FullName, ".mcp.json.*.bak").Select(File.ReadAllText));
    }

    [Theory]
    [InlineData("claude-code", ".mcp.json", "{ broken")]
    [InlineData("vscode", ".vscode/mcp.json", "[]")]
    [InlineData("codex", ".codex/config.toml", "mcp_servers = 5")]
    public async Task A_file_that_cannot_be_understood_is_left_alone_and_costs_no_key(string client, string file, string text)
    {
        Write(file, text);

        var refused = await Assert.ThrowsAsync<CommandException>(() => ConnectAsync(client));

        Assert.Contains("was left as it is", refused.Message, StringComparison.Ordinal);
        Assert.Equal(text, Read(file));
        Assert.Equal([PathOf(file)], Directory.GetFiles(Path.GetDirectoryName(PathOf(file))!));
        Assert.Equal(0, (int)(await _member.GetAsync("/api-keys")).Expect(HttpStatusCode.OK)["total"]!);
    }

    [Fact]
    public async Task A_file_in_another_encoding_is_left_alone()
    {
        byte[] bytes = [(byte)'{', 0xFF, 0xFE, (byte)'}'];
        await File.WriteAllBytesAsync(PathOf(".mcp.json"), bytes, Cancel);

        await Assert.ThrowsAsync<CommandException>(() => ConnectAsync("claude-code"));

        Assert.Equal(bytes, await File.ReadAllBytesAsync(PathOf(".mcp.json"), Cancel));
    }

    [Fact]
    public async Task A_link_to_a_file_elsewhere_stays_a_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        Write("dotfiles.json", "{}");
        File.CreateSymbolicLink(PathOf(".mcp.json"), PathOf("dotfiles.json"));

        await ConnectAsync("claude-code");

        Assert.Equal(PathOf("dotfiles.json"), new FileInfo(PathOf(".mcp.json")).LinkTarget);
        Assert.Contains("swe-platform", Read("dotfiles.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Printing_makes_no_key_and_writes_nothing()
    {
        Assert.Equal(0, await ConnectAsync("vscode", options => options with { Print = true }));

        Assert.Contains("\"X-API-Key\": \"YOUR_API_KEY\"", _output.ToString(), StringComparison.Ordinal);
        Assert.Empty(_folder.GetFileSystemInfos());
        Assert.Equal(0, (int)(await _member.GetAsync("/api-keys")).Expect(HttpStatusCode.OK)["total"]!);
    }

    [Fact]
    public async Task Git_ignores_a_file_with_a_key_and_one_that_it_tracks_gets_none()
    {
        await GitAsync("init", "--quiet");
        await ConnectAsync("claude-code");
        await ConnectAsync("claude-code");
        Assert.Equal("", await GitAsync("status", "--porcelain"));

        Write(".cursor/mcp.json", "{}");
        await GitAsync("add", ".cursor/mcp.json");
        var refused = await Assert.ThrowsAsync<CommandException>(() => ConnectAsync("cursor"));
        Assert.Contains("--key-variable", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await ConnectAsync("cursor", options => options with { KeyVariable = "SWE_API_KEY" }));

        Assert.Contains("\"${env:SWE_API_KEY}\"", Read(".cursor/mcp.json"), StringComparison.Ordinal);
    }

    private Task<int> ConnectAsync(string client, Func<ConnectOptions, ConnectOptions>? change = null)
    {
        var options = new ConnectOptions(null, null, Global: false, Print: false, null, null, _member.Email, Builders.ApiClient.Password);
        var target = new ApiTarget(platform.Address, null, null);
        return new Connection(
            McpClient.All.Single(known => known.Name == client),
            target,
            (Credentials?)null,
            _folder.FullName,
            _output
        ).RunAsync(change?.Invoke(options) ?? options, Cancel);
    }

    private string PathOf(string file) => Path.Combine(_folder.FullName, Path.Combine(file.Split('/')));

    private string Read(string file) => File.ReadAllText(PathOf(file));

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), text);
    }

    private async Task<string> GitAsync(params string[] arguments)
    {
        var outcome = await CapturedProgram.RunAsync(new ProcessStartInfo("git", ["-C", _folder.FullName, .. arguments]), Cancel);
        Assert.True(outcome.Succeeded, outcome.Output);
        return outcome.Output;
    }

    private static async Task<HttpStatusCode> CallAsync(string address, string key)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(
                """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""",
                System.Text.Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Add("X-API-Key", key);
        request.Headers.Add("Accept", "application/json, text/event-stream");
        using var response = await http.SendAsync(request, Cancel);
        return response.StatusCode;
    }
}
