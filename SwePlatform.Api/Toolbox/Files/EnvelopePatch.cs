using System.Text;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Toolbox.Files;

/// <summary>
/// Patches between <c>*** Begin Patch</c> and <c>*** End Patch</c>, as some agents write them: they have no line numbers, so each
/// hunk is looked for, and the whole is written as a unified diff for Git to apply.
/// </summary>
internal static class EnvelopePatch
{
    private const string Begin = "*** Begin Patch";
    private const string End = "*** End Patch";
    private const string Add = "*** Add File: ";
    private const string Delete = "*** Delete File: ";
    private const string Update = "*** Update File: ";
    private const string Move = "*** Move to: ";
    private const string EndOfFile = "*** End of File";

    public static bool Is(string patch) => patch.TrimStart().StartsWith(Begin, StringComparison.Ordinal);

    /// <exception cref="ToolException">It does not fit; says where and why.</exception>
    public static string ToDiff(string patch, Workspace workspace)
    {
        var lines = patch.Trim().Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        var diff = new StringBuilder();
        var writer = new DiffWriter(diff);
        var at = 1;
        while (at < lines.Length && lines[at] != End)
        {
            var head = lines[at++];
            var body = lines[at..].TakeWhile(line => line == EndOfFile || !line.StartsWith("*** ", StringComparison.Ordinal)).ToArray();
            if (head.StartsWith(Update, StringComparison.Ordinal))
            {
                var path = head[Update.Length..].Trim();
                var movedTo =
                    at < lines.Length && lines[at].StartsWith(Move, StringComparison.Ordinal) ? lines[at++][Move.Length..].Trim() : null;
                body = movedTo is null
                    ? body
                    : [.. lines[at..].TakeWhile(line => line == EndOfFile || !line.StartsWith("*** ", StringComparison.Ordinal))];
                Change(path, movedTo, body, workspace, writer);
            }
            else if (head.StartsWith(Add, StringComparison.Ordinal))
            {
                var path = head[Add.Length..].Trim();
                if (body.FirstOrDefault(line => !line.StartsWith('+')) is { } odd && odd.Length > 0)
                {
                    throw PatchedSource.Failed($"{path}: each line of a new file begins with '+', not '{odd}'.");
                }
                writer.Create(path, [.. body.Where(line => line.Length > 0).Select(line => line[1..])]);
            }
            else if (head.StartsWith(Delete, StringComparison.Ordinal))
            {
                var path = head[Delete.Length..].Trim();
                writer.Delete(path, PatchedSource.Read(workspace, path));
            }
            else if (head.Length > 0)
            {
                throw PatchedSource.Failed($"Line {at} of the patch: '{head}' is neither '{Update}…', '{Add}…', '{Delete}…' nor '{End}'.");
            }
            at += body.Length;
        }
        return diff.ToString();
    }

    private static void Change(string path, string? movedTo, string[] body, Workspace workspace, DiffWriter writer)
    {
        var source = PatchedSource.Read(workspace, path);
        writer.Begin(path, movedTo);
        var number = 0;
        for (var at = 0; at < body.Length; )
        {
            var name = $"{path}: hunk {++number}";
            var headed = false;
            for (; at < body.Length && body[at].StartsWith("@@", StringComparison.Ordinal); at++)
            {
                if (body[at][2..].Trim() is { Length: > 0 } heading)
                {
                    source.SkipTo(heading, name);
                    headed = true;
                }
            }
            var hunk = body[at..].TakeWhile(line => !line.StartsWith("@@", StringComparison.Ordinal) && line != EndOfFile).ToList();
            at += hunk.Count;
            var atEnd = at < body.Length && body[at] == EndOfFile;
            at += atEnd ? 1 : 0;
            hunk = HunkLines.Read(hunk, name);
            if (hunk.Count > 0)
            {
                List<string> old = [.. hunk.Where(line => line[0] != '+').Select(line => line[1..])];
                writer.Append(source, source.Find(old, atEnd, unique: !headed && !atEnd, name), hunk);
            }
        }
    }
}
