using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Fixtures;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Components.Pages.Tools.Results;
using Xunit;

namespace SwePlatform.Tests.Web.Clients;

/// <summary>What the front end reads of files and history, as the API writes it.</summary>
public sealed class BrowseContractTests(Platform platform)
{
    [Fact]
    public async Task Every_member_of_the_front_ends_records_is_one_of_the_apis()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.cs", "class A\n{\n    int _b;\n}\n").Commit("First");
        repository.Git("tag", "v1");
        var project = await client.AddProjectAsync(repository.Folder);

        var tree = Read<BrowseTreeDto>(await GetAsync("tree/main"));
        var history = Read<HistoryDto>(await GetAsync("history/main"));
        var blame = Read<BlameDto>(await GetAsync("blame/main?path=a.cs"));
        var outline = Read<OutlineDto>(await GetAsync("outline/main?path=a.cs"));
        var refs = Read<RefsDto>(await GetAsync("refs"));
        var languages = Read<CodeStatsResultDto>(await GetAsync("languages/main"));
        var commit = Read<GitShowResultDto>(await GetAsync($"commits/{repository.Head}"));
        var changed = (await client.PatchAsync($"/projects/{project}", new ProjectChangeDto(Name: "renamed"))).Expect(HttpStatusCode.OK);

        Assert.Equal(("a.cs", "file", 24), (tree.Entries[0].Name, tree.Entries[0].Kind, tree.Entries[0].Size));
        Assert.Equal("First", history.Items[0].Subject);
        Assert.Equal((1, 4, repository.Head), (blame.Lines[0].StartLine, blame.Lines[0].EndLine, blame.Commits[0].Id));
        Assert.Equal("A._b", outline.Files[0].Symbols[1].Name);
        Assert.Equal(("main", true, "v1"), (refs.Branches[0].Name, refs.Branches[0].IsDefault, refs.Tags[0].Name));
        Assert.Equal("C#", languages.Languages[0].Language);
        Assert.Equal("a.cs", commit.Files[0].Path);
        Assert.Equal("renamed", Read<ProjectDto>(changed, nameof(ProjectDto.IsBusy)).Name);

        async Task<JsonNode> GetAsync(string path) => (await client.GetAsync($"/projects/{project}/{path}")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Results_that_name_places_are_read_as_the_tools_write_them()
    {
        using var client = await platform.NewMemberAsync();
        var lines = string.Concat(Enumerable.Range(1, 20).Select(line => $"value_{line} = {line}\n"));
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.py", lines).Write("b.py", lines).Commit().Folder);

        var blame = Result<GitBlameResultDto>(await client.RunAsync("git.blame", project, new { path = "a.py" }));
        var duplicates = Result<CodeDuplicatesResultDto>(await client.RunAsync("code.duplicates", project));
        var hotspots = Result<CodeHotspotsResultDto>(await client.RunAsync("code.hotspots", project));
        var outline = Result<CodeOutlineResultDto>(await client.RunAsync("code.outline", project, new { path = "a.py" }));

        var links = new ResultLinks(project, "main");
        Assert.Equal($"/projects/{project}/files/main/a.py#L1-L20", PlaceRow.From(blame, links)[0].Address);
        Assert.Equal(
            [null, $"/projects/{project}/files/main/a.py#L1-L20"],
            PlaceRow.From(duplicates, links).Take(2).Select(row => row.Address)
        );
        Assert.Equal($"/projects/{project}/files/main/a.py", PlaceRow.From(hotspots, links)[0].Address);
        Assert.Equal($"/projects/{project}/files/main/a.py#L1", PlaceRow.From(outline, links)[1].Address);
    }

    private static T Result<T>(JsonNode json) => json.Deserialize<T>(ToolResults.Options)!;

    private static T Read<T>(JsonNode json, params string[] elsewhere)
    {
        var members = typeof(T).GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!.GetParameters();
        foreach (var name in members.Select(member => member.Name!).Except(elsewhere))
        {
            Assert.True(
                json.AsObject().ContainsKey(JsonNamingPolicy.CamelCase.ConvertName(name)),
                $"The API writes no '{name}' for {typeof(T).Name}: {json.ToJsonString()}"
            );
        }
        return json.Deserialize<T>(JsonSerializerOptions.Web)!;
    }
}
