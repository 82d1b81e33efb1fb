using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Repositories;

/// <summary>Repositories that must not be cloned, each refused before Git sees it.</summary>
public sealed class HostileRepositoryTests(Platform platform)
{
    [Theory]
    [InlineData("ext::sh -c touch% /tmp/owned")]
    [InlineData("ext::sh")]
    [InlineData("--upload-pack=touch /tmp/owned")]
    [InlineData("--upload-pack=id")]
    [InlineData("-u")]
    [InlineData("fd::17")]
    [InlineData("http://example.com/repository")]
    [InlineData("git://example.com/repository")]
    [InlineData("ftp://example.com/repository")]
    [InlineData("https://")]
    [InlineData("https://example.com")]
    [InlineData("relative/path")]
    [InlineData("../up")]
    [InlineData("ssh://-oProxyCommand=id/repository")]
    [InlineData("ssh://a;id/repository")]
    [InlineData("-oProxyCommand=id@example.com:repository")]
    [InlineData("git@-oProxyCommand=id:repository")]
    [InlineData("git@example.com:-oProxyCommand=id")]
    [InlineData("https://example.com\\@127.0.0.1/repository")]
    public async Task An_address_that_is_none_is_refused(string url) => await RefuseAsync(url);

    [Theory]
    [InlineData("https://localhost/repository")]
    [InlineData("https://127.0.0.1/repository")]
    [InlineData("https://2130706433/repository")]
    [InlineData("https://0x7f.1/repository")]
    [InlineData("https://[::1]/repository")]
    [InlineData("https://[::ffff:10.0.0.1]/repository")]
    [InlineData("https://10.1.2.3/repository")]
    [InlineData("https://192.168.1.1/repository")]
    [InlineData("https://172.16.0.1/repository")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://100.64.0.1/repository")]
    [InlineData("https://[fd00::1]/repository")]
    [InlineData("https://[fe80::1]/repository")]
    [InlineData("https://0.0.0.0/repository")]
    [InlineData("ssh://git@127.0.0.1/repository")]
    [InlineData("git@localhost:repository")]
    public async Task A_host_in_a_private_network_is_refused(string url) =>
        Assert.Contains("private network", await RefuseAsync(url), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://someone:hunter2-secret@example.com/repository")]
    [InlineData("https://hunter2-secret@example.com/repository")]
    [InlineData("ssh://git:hunter2-secret@example.com/repository")]
    public async Task Credentials_in_an_address_are_refused_and_not_repeated(string url)
    {
        using var client = await platform.NewMemberAsync();

        var answer = await client.PostAsync("/projects", new { name = "p", repositoryUrl = url });

        answer.ExpectFieldError("repositoryUrl");
        Assert.DoesNotContain("hunter2", answer.Body!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("/")]
    [InlineData("file:///etc")]
    [InlineData("file://localhost/etc")]
    [InlineData("/proc/self/cwd")]
    [InlineData("/no/such/place")]
    public async Task A_local_path_outside_the_allowed_roots_is_refused(string url) => await RefuseAsync(url);

    [Fact]
    public async Task A_neighbour_whose_path_begins_alike_is_outside()
    {
        var neighbour = new TestRepository(platform.RepositoryRoot + "-neighbour");
        try
        {
            await RefuseAsync(neighbour.Write("a.txt", "a").Commit().Folder);
            await RefuseAsync($"{platform.RepositoryRoot}/../{Path.GetFileName(neighbour.Folder)}");
        }
        finally
        {
            Directory.Delete(neighbour.Folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_symbolic_link_that_leads_out_is_refused()
    {
        using var outside = new OutsideRepository();
        var link = Path.Combine(platform.RepositoryRoot, Guid.CreateVersion7().ToString("N"));
        File.CreateSymbolicLink(link, outside.Repository.Folder);

        await RefuseAsync(link);
        await RefuseAsync("file://" + link);
    }

    [Fact]
    public async Task A_git_folder_that_is_elsewhere_is_refused()
    {
        using var outside = new OutsideRepository();
        var byPointer = Directory.CreateDirectory(Path.Combine(platform.RepositoryRoot, Guid.CreateVersion7().ToString("N"))).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(byPointer, ".git"),
            $"gitdir: {outside.Repository.Folder}/.git",
            TestContext.Current.CancellationToken
        );
        var byLink = Directory.CreateDirectory(Path.Combine(platform.RepositoryRoot, Guid.CreateVersion7().ToString("N"))).FullName;
        File.CreateSymbolicLink(Path.Combine(byLink, ".git"), $"{outside.Repository.Folder}/.git");

        Assert.Contains("leads out", await RefuseAsync(byPointer), StringComparison.Ordinal);
        Assert.Contains("leads out", await RefuseAsync(byLink), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_that_are_borrowed_from_elsewhere_are_refused()
    {
        using var outside = new OutsideRepository();
        var repository = platform.NewRepository().Write("a.txt", "a").Commit();
        repository.Write(".git/objects/info/alternates", $"{outside.Repository.Folder}/.git/objects\n");
        Assert.Contains("leads out", await RefuseAsync(repository.Folder), StringComparison.Ordinal);

        var linked = platform.NewRepository().Write("a.txt", "a").Commit();
        Directory.Delete(Path.Combine(linked.Folder, ".git", "objects"), recursive: true);
        File.CreateSymbolicLink(Path.Combine(linked.Folder, ".git", "objects"), $"{outside.Repository.Folder}/.git/objects");
        Assert.Contains("leads out", await RefuseAsync(linked.Folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("remote.origin.promisor", "true")]
    [InlineData("extensions.partialClone", "origin")]
    [InlineData("uploadpack.packObjectsHook", "touch /tmp/owned")]
    [InlineData("include.path", "/etc/passwd")]
    public async Task A_repository_whose_configuration_is_dangerous_is_refused(string setting, string value)
    {
        var repository = platform.NewRepository().Write("a.txt", "a").Commit();
        repository.Git("config", setting, value);

        Assert.Contains(setting, await RefuseAsync(repository.Folder), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Programs_that_a_repository_configures_do_not_run()
    {
        using var client = await platform.NewMemberAsync();
        var trap = Path.Combine(platform.RepositoryRoot, $"owned-{Guid.CreateVersion7():N}");
        var repository = platform
            .NewRepository()
            .Write("a.txt", "one")
            .Write(".gitattributes", "*.txt diff=trap filter=trap")
            .Commit()
            .Write("a.txt", "two")
            .Commit();
        foreach (
            var setting in new[]
            {
                "core.fsmonitor",
                "core.sshCommand",
                "core.pager",
                "diff.external",
                "diff.trap.textconv",
                "diff.trap.command",
                "filter.trap.smudge",
                "gpg.program",
                "core.editor",
            }
        )
        {
            repository.Git("config", setting, $"touch {trap}; false");
        }
        foreach (var hook in new[] { "post-checkout", "pre-auto-gc", "reference-transaction", "post-upload-pack" })
        {
            repository.Write($".git/hooks/{hook}", $"#!/bin/sh\ntouch {trap}\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(Path.Combine(repository.Folder, ".git/hooks", hook), (UnixFileMode)0b111_101_101);
            }
        }

        var project = await client.AddProjectAsync(repository.Folder);
        await client.RunAsync("git.log", project);
        await client.RunAsync("git.show", project, new { commit = "HEAD" });
        await client.RunAsync("code.search", project, new { query = "two" });

        Assert.False(File.Exists(trap));
    }

    private async Task<string> RefuseAsync(string url)
    {
        using var client = await platform.NewMemberAsync();
        var message = (await client.PostAsync("/projects", new { name = "p", repositoryUrl = url })).ExpectFieldError("repositoryUrl");
        Assert.Equal(0, (int)(await client.GetAsync("/projects")).Expect(HttpStatusCode.OK)["total"]!);
        return message;
    }

    private sealed class OutsideRepository : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("swe-outside-");

        public OutsideRepository() =>
            Repository = new TestRepository(Path.Combine(_folder.FullName, "repository")).Write("secret.txt", "secret").Commit();

        public TestRepository Repository { get; }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
