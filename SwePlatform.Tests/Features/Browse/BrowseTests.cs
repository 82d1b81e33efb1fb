using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Browse;

/// <summary>Looking around in a project: folders, history and what tools say of it, without executions.</summary>
public sealed class BrowseTests(Platform platform)
{
    [Fact]
    public async Task A_folder_lists_what_is_in_it_and_a_path_leads_to_its_files()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform
            .NewRepository()
            .Write("src/deep/answer.c", "int answer = 42;\n")
            .Write("README.md", "# Read me\n")
            .Write("a.txt", "a\n")
            .Link("link", "src/deep")
            .Commit();
        var project = await client.AddProjectAsync(repository.Folder);

        var root = (await client.GetAsync($"/projects/{project}/tree/main")).Expect(HttpStatusCode.OK);
        Assert.Equal(repository.Head, (string)root["commit"]!);
        Assert.Equal(repository.Git("rev-parse", "HEAD^{tree}").Trim(), (string)root["tree"]!);
        Assert.Equal("folder", (string)root["kind"]!);
        Assert.Equal(["src", "a.txt", "link", "README.md"], Names(root));
        Assert.Equal(["folder", "file", "symlink", "file"], root["entries"]!.AsArray().Select(entry => (string)entry!["kind"]!));
        Assert.Equal(2, (long)root["entries"]![1]!["size"]!);
        Assert.Null(root["entries"]![0]!["size"]);

        var folder = (await client.GetAsync($"/projects/{project}/tree/{repository.Head}?path=src/deep")).Expect(HttpStatusCode.OK);
        Assert.Equal(["answer.c"], Names(folder));
        var file = (await client.GetAsync($"/projects/{project}/tree/main?path=src/deep/answer.c")).Expect(HttpStatusCode.OK);
        Assert.Equal("file", (string)file["kind"]!);
        Assert.Equal(17, (long)file["size"]!);
        Assert.Equal(repository.Git("rev-parse", "HEAD:src/deep/answer.c").Trim(), (string)file["id"]!);
        var link = (await client.GetAsync($"/projects/{project}/tree/HEAD?path=link")).Expect(HttpStatusCode.OK);
        Assert.Equal("src/deep", (string)link["target"]!);
        (await client.GetAsync($"/projects/{project}/tree/main?path=src/missing.c")).ExpectProblem(HttpStatusCode.NotFound);
        // A link is not followed, and neither is a file.
        (await client.GetAsync($"/projects/{project}/tree/main?path=link/answer.c")).ExpectProblem(HttpStatusCode.NotFound);
        (await client.GetAsync($"/projects/{project}/tree/main?path=a.txt/b")).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_ref_is_a_branch_with_slashes_a_tag_a_commit_a_tree_or_a_workspace()
    {
        var repository = platform.NewRepository().Write("a.txt", "one").Commit();
        repository.Git("tag", "-a", "v1.0", "-m", "one");
        repository.Git("branch", "feature/deep/topic");
        repository.Write("a.txt", "two").Write("b.txt", "two").Commit();
        using var bench = await Workbench.CreateAsync(platform, repository);
        await bench.WriteAsync("c.txt", "three");

        Assert.Equal(["a.txt"], Names(await TreeAsync("v1.0")));
        Assert.Equal(["a.txt"], Names(await TreeAsync("feature/deep/topic")));
        Assert.Equal(["a.txt"], Names(await TreeAsync("feature%2Fdeep%2Ftopic")));
        Assert.Equal(["a.txt", "b.txt"], Names(await TreeAsync(repository.Head)));
        var workspace = await TreeAsync($"workspace:{bench.Name}");
        Assert.Equal(["a.txt", "b.txt", "c.txt"], Names(workspace));
        Assert.Equal(repository.Head, (string)workspace["commit"]!);
        var tree = await TreeAsync($"tree:{workspace["tree"]}");
        Assert.Equal(["a.txt", "b.txt", "c.txt"], Names(tree));
        Assert.Null(tree["commit"]);

        (await bench.Client.GetAsync($"/projects/{bench.Project}/tree/nowhere")).ExpectProblem(HttpStatusCode.NotFound);
        (await bench.Client.GetAsync($"/projects/{bench.Project}/tree/workspace:nowhere")).ExpectProblem(HttpStatusCode.NotFound);
        (await bench.Client.GetAsync($"/projects/{bench.Project}/tree/main..v1.0")).ExpectFieldError("ref");
        (await bench.Client.GetAsync($"/projects/{bench.Project}/tree/-x")).ExpectFieldError("ref");
        (await bench.Client.GetAsync($"/projects/{bench.Project}/tree/tree:main")).ExpectFieldError("ref");
        (await bench.Client.GetAsync($"/projects/{bench.Project}/tree/main?path=../x")).ExpectFieldError("path");

        async Task<JsonNode> TreeAsync(string name) =>
            (await bench.Client.GetAsync($"/projects/{bench.Project}/tree/{name}")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Names_may_be_anything()
    {
        string[] names = ["<script>alert(1)<", "a b?#%&.txt", "new\nline", "quote\"'", "%2F", "ünï", "javascript:alert(1)"];
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository();
        foreach (var name in names)
        {
            repository.Write(name, $"in {name}");
        }
        var project = await client.AddProjectAsync(repository.Commit().Folder);

        var listed = Names((await client.GetAsync($"/projects/{project}/tree/main")).Expect(HttpStatusCode.OK));

        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        foreach (var name in names)
        {
            var raw = await client.Http.GetAsync(
                $"/api/v1/projects/{project}/raw/main?path={Uri.EscapeDataString(name)}",
                TestContext.Current.CancellationToken
            );
            Assert.Equal($"in {name}", await raw.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.DoesNotContain("\n", raw.Content.Headers.ContentDisposition!.ToString());
        }
    }

    [Fact]
    public async Task History_blame_outline_languages_and_refs_are_read_without_executions()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("src/A.cs", "class A\n{\n}\n").Commit("First");
        repository.Write("src/A.cs", "class A\n{\n    int _b;\n}\n").Commit("Second");
        repository.Write("other.txt", "x\n").Commit("Third").Git("tag", "v1");
        var project = await client.AddProjectAsync(repository.Folder);

        var all = await GetAsync("history/main?limit=2");
        Assert.Equal(["Third", "Second"], all["items"]!.AsArray().Select(commit => (string)commit!["subject"]!));
        Assert.True((bool)all["more"]!);
        var rest = await GetAsync("history/main?limit=2&skip=2");
        Assert.Equal(["First"], rest["items"]!.AsArray().Select(commit => (string)commit!["subject"]!));
        Assert.False((bool)rest["more"]!);
        var file = await GetAsync("history/main?path=src/A.cs&author=ada");
        Assert.Equal(["Second", "First"], file["items"]!.AsArray().Select(commit => (string)commit!["subject"]!));

        var blame = await GetAsync("blame/main?path=src/A.cs");
        Assert.Equal(3, blame["lines"]!.AsArray().Count);
        var outline = await GetAsync("outline/main?path=src/A.cs");
        Assert.Equal(["A", "A._b"], outline["files"]![0]!["symbols"]!.AsArray().Select(symbol => (string)symbol!["name"]!));
        Assert.Equal("C#", (string)(await GetAsync("languages/main"))["languages"]![0]!["language"]!);
        Assert.Equal("First", (string)(await GetAsync($"commits/{repository.Git("rev-parse", "HEAD~2").Trim()}"))["subject"]!);
        var refs = await GetAsync("refs");
        Assert.Equal("main", (string)refs["branches"]![0]!["name"]!);
        Assert.Equal("v1", (string)refs["tags"]![0]!["name"]!);

        (await client.GetAsync($"/projects/{project}/blame/main?path=missing")).ExpectProblem(HttpStatusCode.NotFound);
        (await client.GetAsync($"/projects/{project}/blame/main")).ExpectFieldError("path");
        (await client.GetAsync($"/projects/{project}/history/main?limit=0")).ExpectProblem(HttpStatusCode.BadRequest);
        Assert.Empty((await client.GetAsync("/executions")).Expect(HttpStatusCode.OK)["items"]!.AsArray());

        async Task<JsonNode> GetAsync(string path) => (await client.GetAsync($"/projects/{project}/{path}")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_project_of_somebody_else_is_not_there_and_neither_is_any_to_strangers()
    {
        using var owner = await platform.NewMemberAsync();
        using var other = await platform.NewMemberAsync();
        using var stranger = platform.NewStranger();
        var project = await owner.AddProjectAsync(platform.NewRepository().Write("a.txt", "secret").Commit().Folder);
        string[] paths =
        [
            "tree/main",
            "raw/main?path=a.txt",
            "history/main",
            "blame/main?path=a.txt",
            "outline/main?path=a.txt",
            "languages/main",
            "commits/main",
            "refs",
        ];

        foreach (var path in paths)
        {
            (await other.GetAsync($"/projects/{project}/{path}")).ExpectProblem(HttpStatusCode.NotFound);
            (await stranger.GetAsync($"/projects/{project}/{path}")).ExpectProblem(HttpStatusCode.Unauthorized);
            (await owner.GetAsync($"/projects/{Guid.CreateVersion7()}/{path}")).ExpectProblem(HttpStatusCode.NotFound);
        }
    }

    private static IEnumerable<string> Names(JsonNode tree) => tree["entries"]!.AsArray().Select(entry => (string)entry!["name"]!);
}
