using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Builders;

/// <summary>A project of a new member, with a workspace that tools write in.</summary>
internal sealed class Workbench : IDisposable
{
    private Workbench(ApiClient client, Guid project, string name) => (Client, Project, Name) = (client, project, name);

    public ApiClient Client { get; }

    public Guid Project { get; }

    public string Name { get; }

    public static async Task<Workbench> CreateAsync(Platform platform, TestRepository repository, Uri? replica = null)
    {
        var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(repository.Folder);
        var bench = new Workbench(replica is null ? client : client.At(replica), project, "bench");
        await bench.AddAsync(bench.Name);
        return bench;
    }

    /// <summary>The same workspace, by another replica.</summary>
    public Workbench At(Uri replica) => new(Client.At(replica), Project, Name);

    public async Task<Workbench> AddAsync(string name, string? fromRef = null)
    {
        (await Client.PostAsync($"/projects/{Project}/workspaces", new { name, fromRef })).Expect(HttpStatusCode.Created);
        return new(Client, Project, name);
    }

    public Task<Answer> ExecuteAsync(string toolName, object arguments) =>
        Client.PostAsync(
            "/tools/execute",
            new
            {
                toolName,
                projectId = Project,
                workspace = Name,
                arguments,
            }
        );

    /// <summary>Runs a tool that is expected to succeed, and returns its result.</summary>
    public async Task<JsonNode> UseAsync(string toolName, object arguments)
    {
        var answer = (await ExecuteAsync(toolName, arguments)).Expect(HttpStatusCode.OK);
        Assert.True((bool)answer["success"]!, answer.ToJsonString(JsonSerializerOptions.Web));
        return answer["result"]!;
    }

    /// <summary>Runs a tool that is expected to fail, and returns its error.</summary>
    public async Task<(string Code, string Message)> FailAsync(string toolName, object arguments)
    {
        var answer = (await ExecuteAsync(toolName, arguments)).Expect(HttpStatusCode.OK);
        Assert.False((bool)answer["success"]!, answer.ToJsonString(JsonSerializerOptions.Web));
        return ((string)answer["error"]!["code"]!, (string)answer["error"]!["message"]!);
    }

    /// <summary>Runs a program and returns what came of it.</summary>
    public Task<JsonNode> RunAsync(params string[] command) => UseAsync("process.run", new { command, timeoutSeconds = 120 });

    /// <summary>Starts a program that somebody has to end, and returns its execution once it has printed something.</summary>
    public async Task<Guid> StartAsync(params string[] command)
    {
        var call = JsonContent.Create(
            new
            {
                toolName = "process.run",
                projectId = Project,
                workspace = Name,
                arguments = new { command, timeoutSeconds = 600 },
            }
        );
        var answer = await Client.SendAsync(HttpMethod.Post, "/tools/execute", call, ("Prefer", "respond-async"));
        var id = (Guid)answer.Expect(HttpStatusCode.Accepted)["id"]!;
        await foreach (var item in Client.FollowAsync(id))
        {
            if (item.EventType == "output")
            {
                return id;
            }
        }
        throw new Xunit.Sdk.XunitException($"{command[0]} ended and had printed nothing.");
    }

    /// <summary>Runs a script of the shell and returns its exit code and what it printed.</summary>
    public async Task<(int ExitCode, string Output)> ShellAsync(string script)
    {
        var result = await RunAsync("sh", "-c", script);
        return ((int)result["exitCode"]!, (string)result["stdout"]! + (string)result["stderr"]!);
    }

    public Task WriteAsync(string path, string content) => UseAsync("files.write", new { path, content });

    public async Task<string> ReadAsync(string path) => (string)(await UseAsync("files.read", new { path }))["text"]!;

    public async Task<JsonNode> DiffAsync(string query = "") =>
        (await Client.GetAsync($"/projects/{Project}/workspaces/{Name}/diff{query}")).Expect(HttpStatusCode.OK);

    public void Dispose() => Client.Dispose();
}
