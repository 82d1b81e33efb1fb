using System.Diagnostics;
using System.Globalization;
using System.Text;
using LibGit2Sharp;

namespace SwePlatform.Tool.Bench;

/// <summary>Reads history with LibGit2Sharp, in this process.</summary>
internal sealed class LibraryReader(string gitDir) : IDisposable
{
    private readonly LibGit2Sharp.Repository _repository = new(gitDir);

    public string Head => _repository.Head.Tip.Sha;

    public List<string> Log(int count)
    {
        // Everything that git.log answers is read, or the comparison would be with less work.
        var commits = _repository
            .Commits.QueryBy(new CommitFilter { SortBy = CommitSortStrategies.Time })
            .Take(count)
            .Select(commit =>
                (commit.Sha, Parents: commit.Parents.Select(parent => parent.Sha).ToList(), commit.Author, commit.Committer, commit.Message)
            )
            .ToList();
        return [.. commits.Select(commit => commit.Sha)];
    }

    public int LogOf(string path, int count) =>
        _repository.Commits.QueryBy(path).Take(count).Count(entry => entry.Commit.Message.Length >= 0);

    public int LogBy(string author, int count) =>
        _repository
            .Commits.QueryBy(new CommitFilter { SortBy = CommitSortStrategies.Time })
            .Where(commit => commit.Author.Name.Contains(author, StringComparison.Ordinal))
            .Take(count)
            .Count(commit => commit.Message.Length >= 0);

    public int Branches() =>
        _repository.Branches.Count(branch => branch.Tip.MessageShort.Length >= 0 && branch.Tip.Committer.When.Year > 0);

    /// <summary>How many files differ; their patch is made too.</summary>
    public int Diff(string from, string to)
    {
        using var patch = _repository.Diff.Compare<Patch>(_repository.Lookup<Commit>(from).Tree, _repository.Lookup<Commit>(to).Tree);
        return patch.Content.Length == 0 ? 0 : patch.Count();
    }

    /// <summary>How many files the commit changed; their patch is made too.</summary>
    public int Show(string name)
    {
        var commit = _repository.Lookup<Commit>(name);
        using var patch = _repository.Diff.Compare<Patch>(commit.Parents.FirstOrDefault()?.Tree, commit.Tree);
        return patch.Content.Length == 0 ? 0 : patch.Count();
    }

    /// <summary>How many lines were blamed.</summary>
    public int Blame(string path) => _repository.Blame(path).Sum(hunk => hunk.FinalCommit.Sha.Length == 0 ? 0 : hunk.LineCount);

    public void Dispose() => _repository.Dispose();
}

/// <summary>Reads history through one <c>git cat-file --batch</c> that stays.</summary>
internal sealed class CatFileReader : IDisposable
{
    private readonly Process _process;
    private readonly BufferedStream _answers;

    public CatFileReader(string gitDir)
    {
        _process =
            Process.Start(
                new ProcessStartInfo("git", [$"--git-dir={gitDir}", "cat-file", "--batch"])
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                }
            ) ?? throw new CommandException("git could not be started.");
        _answers = new(_process.StandardOutput.BaseStream, 1 << 16);
    }

    /// <summary>Commits from the newest on, as <c>git log</c> orders them.</summary>
    public List<string> Log(string head, int count)
    {
        var ids = new List<string>();
        var seen = new HashSet<string> { head };
        var waiting = new PriorityQueue<(string Id, string Text), (long Time, int Order)>();
        Enqueue(head);
        while (ids.Count < count && waiting.TryDequeue(out var commit, out _))
        {
            ids.Add(commit.Id);
            foreach (var parent in Lines(commit.Text, "parent ").Where(seen.Add))
            {
                Enqueue(parent);
            }
        }
        return ids;

        void Enqueue(string id)
        {
            var text = Encoding.UTF8.GetString(Read(id));
            var committer = Lines(text, "committer ").Single().Split(' ');
            waiting.Enqueue((id, text), (-long.Parse(committer[^2], CultureInfo.InvariantCulture), seen.Count));
        }
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static IEnumerable<string> Lines(string commit, string prefix) =>
        commit
            .Split('\n')
            .TakeWhile(line => line.Length > 0)
            .Where(line => line.StartsWith(prefix, StringComparison.Ordinal))
            .Select(line => line[prefix.Length..]);

    // "<id> <type> <size>\n<content>\n"
    private byte[] Read(string id)
    {
        _process.StandardInput.Write(id + "\n");
        _process.StandardInput.Flush();
        var header = new StringBuilder();
        for (int next; (next = _answers.ReadByte()) is not ('\n' or -1); )
        {
            header.Append((char)next);
        }
        var fields = header.ToString().Split(' ');
        if (fields.Length != 3)
        {
            throw new CommandException($"git cat-file has no object '{id}'.");
        }
        var content = new byte[int.Parse(fields[2], CultureInfo.InvariantCulture)];
        _answers.ReadExactly(content);
        _answers.ReadByte();
        return content;
    }
}
