using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

public sealed class FilesTests(Platform platform)
{
    [Fact]
    public async Task Files_are_listed_with_their_sizes_below_a_folder_and_by_glob()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(
            platform
                .NewRepository()
                .Write("a.txt", "12345")
                .Write("src/b.cs", "")
                .Write("src/c.txt", "1")
                .Write("srcs/d.txt", "1")
                .Commit()
                .Folder
        );

        Assert.Equal("a.txt:5 src/b.cs:0 src/c.txt:1 srcs/d.txt:1", await ListAsync(client, project, new { }));
        Assert.Equal("src/b.cs:0 src/c.txt:1", await ListAsync(client, project, new { path = "src" }));
        Assert.Equal("src/b.cs:0 src/c.txt:1", await ListAsync(client, project, new { path = "./src/" }));
        Assert.Equal("src/c.txt:1", await ListAsync(client, project, new { path = "src", glob = "*.txt" }));
        var cut = await client.RunAsync("files.list", project, new { limit = 2 });
        Assert.Equal(2, cut["files"]!.AsArray().Count);
        Assert.True((bool)cut["truncated"]!);
    }

    [Fact]
    public async Task A_range_of_lines_is_read_to_the_letter()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(
            platform.NewRepository().Write("a.txt", "one\r\ntwo\nthree\n").Write("empty.txt", "").Write("open.txt", "x\ny").Commit().Folder
        );

        var all = await client.RunAsync("files.read", project, new { path = "a.txt" });
        Assert.Equal(
            ("one\r\ntwo\nthree\n", 1, 3, 3),
            ((string)all["text"]!, (int)all["startLine"]!, (int)all["endLine"]!, (int)all["totalLines"]!)
        );
        Assert.Equal(
            "two\n",
            (string)
                (
                    await client.RunAsync(
                        "files.read",
                        project,
                        new
                        {
                            path = "a.txt",
                            startLine = 2,
                            endLine = 2,
                        }
                    )
                )["text"]!
        );
        Assert.Equal(
            "two\nthree\n",
            (string)
                (
                    await client.RunAsync(
                        "files.read",
                        project,
                        new
                        {
                            path = "a.txt",
                            startLine = 2,
                            endLine = 99,
                        }
                    )
                )["text"]!
        );
        Assert.Equal("y", (string)(await client.RunAsync("files.read", project, new { path = "open.txt", startLine = 2 }))["text"]!);
        Assert.Equal(
            ("", 0),
            (
                (string)(await client.RunAsync("files.read", project, new { path = "empty.txt" }))["text"]!,
                (int)(await client.RunAsync("files.read", project, new { path = "empty.txt" }))["totalLines"]!
            )
        );
    }

    [Fact]
    public async Task A_long_file_is_cut_and_can_be_read_on()
    {
        using var client = await platform.NewMemberAsync();
        var text = string.Concat(Enumerable.Range(1, 300_000).Select(line => $"line {line}\n"));
        var project = await client.AddProjectAsync(
            platform.NewRepository().Write("long.txt", text).Write("wide.txt", new string('x', 3_000_000)).Commit().Folder
        );

        var read = "";
        for (int? next = 1; next is not null; )
        {
            var part = await client.RunAsync("files.read", project, new { path = "long.txt", startLine = next });
            read += (string)part["text"]!;
            next = (bool)part["truncated"]! ? (int)part["endLine"]! + 1 : null;
        }
        var wide = await client.RunAsync("files.read", project, new { path = "wide.txt" });

        Assert.Equal(text, read);
        Assert.Equal(1024 * 1024, ((string)wide["text"]!).Length);
        Assert.True((bool)wide["truncated"]!);
    }

    [Theory]
    [InlineData("../outside.txt")]
    [InlineData("src/../../outside.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\Windows\\win.ini")]
    [InlineData("\\\\server\\share")]
    [InlineData("a\u0000b")]
    public async Task A_path_that_leads_out_is_refused(string path)
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a").Commit().Folder);

        (await client.ExecuteAsync("files.read", project, new { path })).ExpectFieldError("arguments.path");
        (await client.ExecuteAsync("files.list", project, new { path })).ExpectFieldError("arguments.path");
        (await client.ExecuteAsync("git.log", project, new { path })).ExpectFieldError("arguments.path");
        (await client.ExecuteAsync("code.stats", project, new { path })).ExpectFieldError("arguments.path");
    }

    [Fact]
    public async Task A_symbolic_link_that_leads_out_of_the_repository_is_not_followed()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform
            .NewRepository()
            .Write("a.txt", "root:x:0\n")
            .Link("passwd", "/etc/passwd")
            .Link("up", "../../..")
            .Commit();
        var project = await client.AddProjectAsync(repository.Folder);

        Assert.Contains(
            "symbolic link to '/etc/passwd'",
            await FailAsync(client, project, "passwd", "unsupported"),
            StringComparison.Ordinal
        );
        await FailAsync(client, project, "up/etc/passwd", "not_found");
        var matches = (await client.RunAsync("code.search", project, new { query = "root:" }))["matches"]!.AsArray();
        Assert.Equal("a.txt", (string)matches.Single()!["path"]!);
    }

    [Fact]
    public async Task What_cannot_be_read_is_said()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(
            platform.NewRepository().Write("a.txt", "1\n2\n").Write("b.bin", [0, 1, 2]).Write("src/c.txt", "1").Commit().Folder
        );

        Assert.Equal(
            "'src' is a folder; files.list {\"path\": \"src\"} lists what is in it.",
            await FailAsync(client, project, "src", "unsupported")
        );
        Assert.Contains("no file 'missing.txt'", await FailAsync(client, project, "missing.txt", "not_found"), StringComparison.Ordinal);
        Assert.Contains("binary file of 3 bytes", await FailAsync(client, project, "b.bin", "unsupported"), StringComparison.Ordinal);
        (
            await client.ExecuteAsync(
                "files.read",
                project,
                new
                {
                    path = "a.txt",
                    startLine = 2,
                    endLine = 1,
                }
            )
        ).ExpectFieldError("arguments.endLine");
        var beyond = (await client.ExecuteAsync("files.read", project, new { path = "a.txt", startLine = 9 })).Body!;
        Assert.Equal("'a.txt' has 2 lines.", (string)beyond["error"]!["message"]!);
    }

    private static async Task<string> ListAsync(ApiClient client, Guid project, object arguments) =>
        string.Join(
            ' ',
            (await client.RunAsync("files.list", project, arguments))["files"]!.AsArray().Select(file => $"{file!["path"]}:{file["size"]}")
        );

    private static async Task<string> FailAsync(ApiClient client, Guid project, string path, string code)
    {
        JsonNode answer = (await client.ExecuteAsync("files.read", project, new { path })).Expect(System.Net.HttpStatusCode.OK);
        Assert.False((bool)answer["success"]!);
        Assert.Equal(("failed", code), ((string)answer["status"]!, (string)answer["error"]!["code"]!));
        return (string)answer["error"]!["message"]!;
    }
}
