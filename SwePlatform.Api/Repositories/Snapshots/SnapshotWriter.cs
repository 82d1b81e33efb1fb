using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Repositories.Snapshots;

/// <summary>Writes the files of a Git tree into a snapshot file, through one <c>git cat-file --batch</c>.</summary>
internal sealed class SnapshotWriter(GitProcess git, TreeListing trees, IOptions<WorkspaceOptions> options)
{
    // As Git decides it: a NUL among the first bytes makes a file binary.
    private const int BinaryProbeBytes = 8000;

    public async Task WriteAsync(string gitDir, string tree, string path, CancellationToken cancellationToken)
    {
        var listed = await trees.ReadAsync(gitDir, tree, cancellationToken);
        var total = listed.Where(item => IsStored(item)).Sum(item => item.Size);
        if (total > options.Value.MaxSnapshotBytes)
        {
            throw new GitException(
                $"The files of this commit add up to {total >> 20} MiB; the limit is {options.Value.MaxSnapshotBytes >> 20} "
                    + "MiB (Workspaces:MaxSnapshotBytes)."
            );
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Whole or not at all: readers see the file only under its final name.
        var temporary = $"{path}.{Guid.CreateVersion7():N}.tmp";
        try
        {
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
            await using (var writer = new BinaryWriter(stream, Encoding.UTF8))
            {
                SnapshotIndex.Write(writer, await CopyContentsAsync(gitDir, listed, stream, cancellationToken));
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task<List<SnapshotEntry>> CopyContentsAsync(
        string gitDir,
        List<TreeFile> listed,
        FileStream target,
        CancellationToken cancellationToken
    )
    {
        using var process = git.Start(gitDir, ["cat-file", "--batch", "--buffer"]);
        using var killer = cancellationToken.Register(static state => GitProcess.Kill((Process)state!), process);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var asking = RequestAsync(process, listed.Where(IsStored).Select(item => item.Id));
        var answers = new BufferedStream(process.StandardOutput.BaseStream, 1 << 16);

        var entries = new List<SnapshotEntry>(listed.Count);
        var buffer = Array.Empty<byte>();
        foreach (var item in listed)
        {
            if (!IsStored(item))
            {
                entries.Add(
                    new(item.Path, item.Mode == TreeFile.SubmoduleMode ? EntryKind.Submodule : EntryKind.TooLarge, false, 0, 0, item.Size)
                );
                continue;
            }
            var length = ReadHeader(answers, item);
            if (buffer.Length < length)
            {
                buffer = new byte[Math.Max(length, Math.Min(buffer.Length * 2, Array.MaxLength))];
            }
            answers.ReadExactly(buffer, 0, length);
            answers.ReadByte();
            var content = buffer.AsMemory(0, length);
            var kind =
                item.Mode == TreeFile.SymlinkMode ? EntryKind.Symlink
                : content.Span[..Math.Min(length, BinaryProbeBytes)].Contains((byte)0) ? EntryKind.Binary
                : EntryKind.Text;
            entries.Add(new(item.Path, kind, item.Mode == TreeFile.ExecutableMode, target.Position, length, item.Size));
            await target.WriteAsync(content, cancellationToken);
        }
        await asking;
        await process.WaitForExitAsync(cancellationToken);
        await errors;
        return entries;
    }

    private static async Task RequestAsync(Process process, IEnumerable<string> ids)
    {
        await Task.Yield();
        foreach (var id in ids)
        {
            await process.StandardInput.WriteAsync(id + "\n");
        }
        process.StandardInput.Close();
    }

    // "<id> <type> <size>\n"
    private static int ReadHeader(Stream answers, TreeFile item)
    {
        Span<byte> line = stackalloc byte[160];
        var length = 0;
        for (int next; (next = answers.ReadByte()) != '\n'; )
        {
            if (next < 0 || length == line.Length)
            {
                throw new GitException($"The content of '{item.Path}' is missing from the repository.");
            }
            line[length++] = (byte)next;
        }
        var text = Encoding.ASCII.GetString(line[..length]);
        var size = text[(text.LastIndexOf(' ') + 1)..];
        return int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : throw new GitException($"The content of '{item.Path}' is missing from the repository.");
    }

    private bool IsStored(TreeFile item) => item.Mode != TreeFile.SubmoduleMode && item.Size <= options.Value.MaxFileBytes;
}
