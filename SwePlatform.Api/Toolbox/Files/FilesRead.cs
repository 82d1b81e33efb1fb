using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Snapshots;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Files;

internal sealed record FilesReadArguments(
    [property: Description("Path of the file, relative to the root of the repository."), MinLength(1)] string Path,
    [property: Description("First line to return, counted from 1."), Range(1, int.MaxValue)] int? StartLine = null,
    [property: Description("Last line to return."), Range(1, int.MaxValue)] int? EndLine = null
);

/// <param name="EndLine">The last line that is in <paramref name="Text"/>; less than asked for if it was cut.</param>
/// <param name="Truncated">Whether lines that were asked for are missing: ask again from <c>endLine + 1</c>.</param>
internal sealed record FilesReadResult(string Path, int StartLine, int EndLine, int TotalLines, string Text, bool Truncated);

internal sealed class FilesRead : Tool<FilesReadArguments, FilesReadResult>
{
    private const int MaxTextBytes = 1024 * 1024;

    public override string Name => "files.read";
    public override string Title => "Read a file";
    public override string Description =>
        "Returns the text of a file, or a range of its lines. At most 1 MiB at a time; 'truncated' says that there is more.";
    public override string Brief => "Text of a file, or some of its lines.";

    protected override void Check(FilesReadArguments arguments, ArgumentProblems problems)
    {
        problems.Add("path", RepoPath.Problem(arguments.Path));
        problems.Add("endLine", arguments.EndLine < (arguments.StartLine ?? 1) ? "The last line is not before the first." : null);
    }

    protected override Listing Show(FilesReadResult result) => NumberedLines.Of(result);

    protected override async Task<FilesReadResult> RunAsync(
        FilesReadArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await context.OpenSnapshotAsync(cancellationToken);
        var path = RepoPath.Normalize(arguments.Path);
        var entry = snapshot.Find(path) ?? throw Missing(snapshot, path);
        // A link's target is text in the repository; following it could lead out of it.
        return entry.Kind switch
        {
            EntryKind.Text => Read(snapshot.Read(entry), path, arguments),
            EntryKind.Symlink => throw new ToolException(
                ToolException.Unsupported,
                $"'{path}' is a symbolic link to '{Encoding.UTF8.GetString(snapshot.Read(entry))}'; links are not followed."
            ),
            EntryKind.Binary => throw new ToolException(ToolException.Unsupported, $"'{path}' is a binary file of {entry.Size} bytes."),
            EntryKind.TooLarge => throw new ToolException(
                ToolException.Unsupported,
                $"'{path}' has {entry.Size} bytes, which is too large to read."
            ),
            _ => throw new ToolException(ToolException.Unsupported, $"'{path}' is a submodule."),
        };
    }

    private static FilesReadResult Read(ReadOnlySpan<byte> content, string path, FilesReadArguments arguments)
    {
        var total = CountLines(content);
        var first = arguments.StartLine ?? 1;
        if (first > Math.Max(total, 1))
        {
            throw new ToolException(ToolException.NotFound, $"'{path}' has {total} lines.");
        }
        var last = Math.Min(arguments.EndLine ?? int.MaxValue, total);

        var start = 0;
        for (var line = 1; line < first; line++)
        {
            start = NextLine(content, start);
        }
        var end = start;
        var read = first - 1;
        while (read < last)
        {
            var next = NextLine(content, end);
            if (next - start > MaxTextBytes)
            {
                // A single line beyond the limit is cut, or nothing could ever be read of it.
                end = read < first ? start + MaxTextBytes : end;
                read = read < first ? first : read;
                break;
            }
            end = next;
            read++;
        }
        return new(path, first, read, total, Encoding.UTF8.GetString(content[start..end]), read < last || end - start == MaxTextBytes);
    }

    private static ToolException Missing(Snapshot snapshot, string path) =>
        path.Length == 0 ? new(ToolException.Unsupported, "That is the root of the repository; files.list {} lists what is in it.")
        : snapshot.Entries.Any(entry => entry.Path.StartsWith(path + "/", StringComparison.Ordinal))
            ? new(ToolException.Unsupported, $"'{path}' is a folder; files.list {{\"path\": \"{path}\"}} lists what is in it.")
        : new(ToolException.NotFound, $"There is no file '{path}' in this commit.");

    private static int CountLines(ReadOnlySpan<byte> content) =>
        content.Count((byte)'\n') + (content.Length > 0 && content[^1] != '\n' ? 1 : 0);

    private static int NextLine(ReadOnlySpan<byte> content, int start)
    {
        var length = content[start..].IndexOf((byte)'\n');
        return length < 0 ? content.Length : start + length + 1;
    }
}
