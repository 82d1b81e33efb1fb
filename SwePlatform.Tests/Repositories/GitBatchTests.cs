using System.Diagnostics;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Repositories;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Repositories;

public sealed class GitBatchTests(Platform platform) : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("swe-batches-");

    [Fact]
    public async Task One_process_answers_call_after_call_and_sees_what_is_new()
    {
        var repository = platform.NewRepository().Write("a.txt", "1").Commit("one");
        using var batches = NewBatches();
        var first = await FindAsync(batches, repository, "main");
        var processes = Processes(repository);

        repository.Write("a.txt", "2").Commit("two");
        var second = await FindAsync(batches, repository, "main");
        repository.Git("gc", "--quiet", "--prune=now");
        var third = await FindAsync(batches, repository, "main~1");

        Assert.Equal(processes, Processes(repository));
        Assert.Single(processes);
        Assert.Equal([repository.Head, first!.Id], [second!.Id, third!.Id]);
        Assert.Null(await FindAsync(batches, repository, "nowhere"));
        Assert.Null(await FindAsync(batches, repository, "main^^^{commit}"));
    }

    [Fact]
    public async Task A_process_that_was_killed_is_replaced_without_anyone_noticing()
    {
        var repository = platform.NewRepository().Write("a.txt", "1").Commit("one");
        using var batches = NewBatches();
        await FindAsync(batches, repository, "main");
        foreach (var id in Processes(repository))
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(repository.Head, (await FindAsync(batches, repository, "main"))!.Id);
    }

    [Fact]
    public async Task Callers_at_the_same_time_do_not_hear_each_others_answers()
    {
        var repository = platform.NewRepository();
        var ids = Enumerable.Range(0, 20).Select(number => repository.Write("a.txt", $"{number}").Commit($"{number}").Head).ToList();
        using var batches = NewBatches();

        var found = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => FindAsync(batches, repository, ids[number % ids.Count])));

        Assert.Equal(Enumerable.Range(0, 200).Select(number => ids[number % ids.Count]), found.Select(commit => commit!.Id));
    }

    [Fact]
    public async Task A_caller_who_leaves_ends_the_process_and_the_others_go_on()
    {
        var repository = platform.NewRepository().Write("a.txt", "1").Commit("one");
        using var batches = NewBatches();
        using var leaving = new CancellationTokenSource();
        var asked = new TaskCompletionSource();

        var waiting = batches.QueryAsync(
            Path.Combine(repository.Folder, ".git"),
            GitBatchKind.Objects,
            batch =>
            {
                asked.SetResult();
                return batch.ReadLine();
            },
            leaving.Token
        );
        await asked.Task;
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(repository.Head, (await FindAsync(batches, repository, "HEAD"))!.Id);
    }

    [Fact]
    public async Task The_processes_of_a_repository_end_with_it()
    {
        var repository = platform.NewRepository().Write("a.txt", "1").Commit("one");
        using var batches = NewBatches();
        await FindAsync(batches, repository, "main");
        using var process = Process.GetProcessById(Processes(repository).Single());

        batches.Close(Path.Combine(repository.Folder, ".git"));

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private GitBatches NewBatches() =>
        new(new GitProcess(Options.Create(new WorkspaceOptions { Root = _root.FullName })), TimeProvider.System);

    private static Task<GitObject?> FindAsync(GitBatches batches, TestRepository repository, string name) =>
        batches.QueryAsync(
            Path.Combine(repository.Folder, ".git"),
            GitBatchKind.Objects,
            batch => GitObjects.Find(batch, name),
            TestContext.Current.CancellationToken
        );

    private static List<int> Processes(TestRepository repository) =>
        [.. Process.GetProcessesByName("git").Where(process => IsOf(process.Id, repository)).Select(process => process.Id)];

    private static bool IsOf(int id, TestRepository repository)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Contains(repository.Folder, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
