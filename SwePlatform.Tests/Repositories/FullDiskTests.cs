using System.Diagnostics;
using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Repositories;

/// <summary>A disk that runs full, and has room again.</summary>
public sealed class FullDiskTests(Platform platform)
{
    [Fact]
    public async Task Writers_are_told_that_the_disk_is_full_and_go_on_once_it_is_not()
    {
        var disk = Directory.CreateTempSubdirectory("swe-disk-").FullName;
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk), "A disk that can be filled has to be mounted.");
        try
        {
            // No other replica may clone it to another disk.
            await using var database = await OwnDatabase.CreateAsync(platform);
            await using var api = platform.StartApi(
                ("Workspaces:Root", Path.Combine(disk, "workspaces")),
                ("ConnectionStrings:swedb", database.Address.ConnectionString),
                ("Database:PoolSize", "2"),
                ("Database:MaxOverflow", "10")
            );
            using var client = new ApiClient(api.ClientOptions.BaseAddress);
            await client.LoginAsync(Platform.AdminEmail, Platform.AdminPassword);
            var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
            (await client.PostAsync($"/projects/{project}/workspaces", new { name = "w" })).Expect(HttpStatusCode.Created);
            var filler = Path.Combine(disk, "filler");
            Run("dd", "if=/dev/zero", $"of={filler}", "bs=64k", "count=1000", "status=none");

            var write = (
                await ExecuteAsync(client, project, "files.write", new { path = "b.txt", content = new string('x', 500_000) })
            ).ExpectProblem(HttpStatusCode.InsufficientStorage);
            (await ExecuteAsync(client, project, "process.run", new { command = new[] { "true" } })).ExpectProblem(
                HttpStatusCode.InsufficientStorage
            );

            Assert.Contains("disk is full", (string)write["detail"]!, StringComparison.Ordinal);
            File.Delete(filler);
            (await ExecuteAsync(client, project, "files.write", new { path = "b.txt", content = "b\n" })).Expect(HttpStatusCode.OK);
            var read = (await ExecuteAsync(client, project, "files.read", new { path = "b.txt" })).Expect(HttpStatusCode.OK);
            Assert.Equal("b\n", (string)read["result"]!["text"]!);
            var run = (await ExecuteAsync(client, project, "process.run", new { command = new[] { "ls" } })).Expect(HttpStatusCode.OK);
            Assert.Equal("a.txt\nb.txt\n", (string)run["result"]!["stdout"]!);
        }
        finally
        {
            Run("umount", "--lazy", disk);
            Directory.Delete(disk);
        }
    }

    private static Task<Answer> ExecuteAsync(ApiClient client, Guid project, string toolName, object arguments) =>
        client.PostAsync(
            "/tools/execute",
            new
            {
                toolName,
                projectId = project,
                workspace = "w",
                arguments,
            }
        );

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
