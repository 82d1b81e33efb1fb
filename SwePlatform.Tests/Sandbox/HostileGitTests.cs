using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Sandbox;

/// <summary>Repositories and programs that want the server's own Git to run something for them.</summary>
public sealed class HostileGitTests(Platform platform)
{
    [Fact]
    public async Task Hooks_monitors_and_filters_of_a_workspace_never_run_on_the_server()
    {
        var marker = Path.Combine(Path.GetTempPath(), $"swe-owned-{Guid.CreateVersion7():N}");
        var repository = platform
            .NewRepository()
            .Write("a.txt", "a\n")
            .Write(".gitattributes", "* filter=evil diff=evil merge=evil\n*.txt text\n")
            .Write(".gitmodules", $"[submodule \"x\"]\n\tpath = x\n\turl = ext::sh -c 'touch {marker}'\n")
            .Commit();
        repository.Git("config", "core.fsmonitor", $"touch {marker}");
        repository.Git("config", "core.sshCommand", $"touch {marker}");
        repository.Git("config", "filter.evil.clean", $"touch {marker}");
        repository.Git("config", "filter.evil.smudge", $"touch {marker}");
        repository.Git("config", "diff.evil.textconv", $"touch {marker}");
        using var bench = await Workbench.CreateAsync(platform, repository);

        // From inside: a nested repository with a configuration of its own, and attempts on the workspace's.
        var (_, output) = await bench.ShellAsync(
            $"""
            git init -q nested && cd nested && git config core.fsmonitor 'touch {marker}' &&
              git config core.hooksPath /workspace/hooks && echo x > f && git add f &&
              git -c user.name=x -c user.email=x@y commit -qm x; cd ..
            mkdir -p hooks && for h in pre-commit post-commit reference-transaction post-checkout post-index-change; do
              printf '#!/bin/sh\ntouch {marker}\n' > hooks/$h; chmod +x hooks/$h; done
            git config core.hooksPath /workspace/hooks; git config core.fsmonitor 'touch {marker}'
            git config --global core.fsmonitor 'touch {marker}'
            echo changed > a.txt; touch changed; rm -rf .git; ls -A /workspace
            """
        );
        Assert.Contains(".git\n", output, StringComparison.Ordinal);
        await bench.DiffAsync();
        await bench.UseAsync("files.patch", new { patch = "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-changed\n+patched\n" });
        await bench.UseAsync("git.commit", new { message = "A commit" });
        await bench.DiffAsync("?uncommitted=true");
        (await bench.Client.PostAsync($"/projects/{bench.Project}/sync")).Expect(HttpStatusCode.Accepted);
        await bench.Client.SettleAsync(bench.Project);

        Assert.Equal("patched\n", await bench.ReadAsync("a.txt"));
        Assert.False(File.Exists(marker));
    }

    [Fact]
    public async Task Pipes_deep_folders_and_locked_folders_neither_block_nor_stay()
    {
        using var bench = await Workbench.CreateAsync(
            platform,
            platform.NewRepository().Write("a.txt", "a\n").Write("b.txt", "b\n").Commit()
        );
        await bench.ShellAsync("rm a.txt; mkfifo a.txt pipe; mkdir locked && touch locked/x && chmod 000 locked");
        await bench.RunAsync(
            "python3",
            "-c",
            "import os\nfor i in range(60):\n  os.mkdir('d'*200); os.chdir('d'*200)\nopen('x','w').close()"
        );

        Assert.Equal("b\n", await bench.ReadAsync("b.txt"));
        await bench.WriteAsync("c.txt", "c\n");
        await bench.DiffAsync();
        Assert.Equal("git", (await bench.FailAsync("git.commit", new { message = "x" })).Code);
        (await bench.Client.DeleteAsync($"/projects/{bench.Project}/workspaces/bench")).Expect(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData(".git/config")]
    [InlineData(".GIT/config")]
    [InlineData(".git")]
    [InlineData(".git./config")]
    [InlineData(".git /config")]
    [InlineData("git~1/config")]
    [InlineData("sub/.git/hooks/pre-commit")]
    [InlineData(".g\u200cit/config")]
    [InlineData(".git::$INDEX_ALLOCATION/config")]
    [InlineData("../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../outside")]
    public async Task Gits_own_files_and_paths_that_lead_out_are_not_written(string path)
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a\n").Commit());

        (await bench.ExecuteAsync("files.write", new { path, content = "x" })).ExpectFieldError("arguments.path");
        await bench.FailAsync("files.patch", new { patch = $"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n" });
        Assert.Empty((await bench.DiffAsync())["files"]!.AsArray());
    }
}
