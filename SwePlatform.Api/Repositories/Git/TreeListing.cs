using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Options;

namespace SwePlatform.Api.Repositories.Git;

/// <summary>A file of a Git tree.</summary>
internal sealed record TreeFile(string Mode, string Id, long Size, string Path)
{
    public const string SymlinkMode = "120000";
    public const string SubmoduleMode = "160000";
    public const string ExecutableMode = "100755";
    public const string RegularMode = "100644";
}

/// <summary>
/// Lists the files of Git trees. A few kilobytes of objects can stand for billions of files, since a tree may hold another
/// one many times over: what Git lists is read as it comes, and no further than the limits.
/// </summary>
internal sealed class TreeListing(GitProcess git, IOptions<WorkspaceOptions> options)
{
    private const int MaxDepth = 128;
    private const int MaxPathBytes = 4096;
    private const int MaxAllPathBytes = 64 * 1024 * 1024;

    private delegate void Line(ReadOnlySpan<byte> line);

    /// <summary>Checks that a tree is no larger than the platform works on, in constant memory.</summary>
    /// <exception cref="GitException">It is.</exception>
    public async Task CheckAsync(string gitDir, string tree, CancellationToken cancellationToken)
    {
        var (entries, bytes) = (0, 0L);
        // Folders count too: they can be empty, and then billions of them list no file.
        await WalkAsync(
            gitDir,
            ["-r", "-t", "--name-only", tree],
            path =>
            {
                entries++;
                bytes += path.Length;
                var problem =
                    entries > options.Value.MaxTreeEntries
                        ? $"The commit has more than {options.Value.MaxTreeEntries} files and folders, which is the limit "
                            + "(Workspaces:MaxTreeEntries)."
                    : path.Count((byte)'/') >= MaxDepth ? $"The commit has folders nested more than {MaxDepth} deep, which is the limit."
                    : path.Length > MaxPathBytes ? $"The commit has a path of more than {MaxPathBytes} bytes, which is the limit."
                    : bytes > MaxAllPathBytes
                        ? $"The paths of the commit's files add up to more than {MaxAllPathBytes >> 20} MiB, which is the limit."
                    : null;
                if (problem is not null)
                {
                    throw new GitException(problem);
                }
            },
            cancellationToken
        );
    }

    /// <summary>The files of a tree, as Git orders them.</summary>
    /// <exception cref="GitException">It is larger than the platform works on.</exception>
    public async Task<List<TreeFile>> ReadAsync(string gitDir, string tree, CancellationToken cancellationToken)
    {
        await CheckAsync(gitDir, tree, cancellationToken);
        var files = new List<TreeFile>();
        await WalkAsync(gitDir, ["-r", "-l", tree], line => files.Add(Parse(line)), cancellationToken);
        return files;
    }

    private async Task WalkAsync(string gitDir, IEnumerable<string> arguments, Line read, CancellationToken cancellationToken)
    {
        using var process = git.Start(gitDir, ["ls-tree", "-z", "--full-tree", .. arguments]);
        using var killer = cancellationToken.Register(static state => GitProcess.Kill((Process)state!), process);
        process.StandardInput.Close();
        var errors = GitProcess.ReadErrorsAsync(process);
        try
        {
            await ReadLinesAsync(PipeReader.Create(process.StandardOutput.BaseStream), read, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
        }
        catch
        {
            GitProcess.Kill(process);
            throw;
        }
        cancellationToken.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            throw new GitException(GitProcess.Clean(await errors));
        }
    }

    private static async Task ReadLinesAsync(PipeReader output, Line read, CancellationToken cancellationToken)
    {
        const int maxLine = 2 * MaxPathBytes;
        while (true)
        {
            var result = await output.ReadAsync(cancellationToken);
            var rest = Take(result.Buffer, read);
            if (rest.Length > maxLine)
            {
                throw new GitException($"The commit has a path of more than {MaxPathBytes} bytes, which is the limit.");
            }
            output.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    private static ReadOnlySequence<byte> Take(ReadOnlySequence<byte> buffer, Line read)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryReadTo(out ReadOnlySequence<byte> line, 0))
        {
            read(line.IsSingleSegment ? line.FirstSpan : line.ToArray());
        }
        return buffer.Slice(reader.Position);
    }

    // "<mode> <type> <id> <size>\t<path>", the size padded with blanks and "-" for a submodule
    private static TreeFile Parse(ReadOnlySpan<byte> line)
    {
        var tab = line.IndexOf((byte)'\t');
        var facts = line[..tab];
        var size = facts[(facts.LastIndexOf((byte)' ') + 1)..];
        var id = facts[(facts.IndexOf((byte)' ') + 1)..];
        id = id[(id.IndexOf((byte)' ') + 1)..];
        id = id[..id.IndexOf((byte)' ')];
        return new(
            Mode(facts[..facts.IndexOf((byte)' ')]),
            Encoding.ASCII.GetString(id),
            size is [(byte)'-'] ? 0 : long.Parse(size, NumberStyles.None, CultureInfo.InvariantCulture),
            Encoding.UTF8.GetString(line[(tab + 1)..])
        );
    }

    // One text for all of a mode: there may be hundreds of thousands.
    private static string Mode(ReadOnlySpan<byte> mode) =>
        mode.SequenceEqual("120000"u8) ? TreeFile.SymlinkMode
        : mode.SequenceEqual("160000"u8) ? TreeFile.SubmoduleMode
        : mode.SequenceEqual("100755"u8) ? TreeFile.ExecutableMode
        : TreeFile.RegularMode;
}
