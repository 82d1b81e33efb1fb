using System.Globalization;
using System.Text;

namespace SwePlatform.Api.Toolbox.Files;

/// <summary>Writes hunks whose place was found as a unified diff that Git takes.</summary>
internal sealed class DiffWriter(StringBuilder diff)
{
    private int _shift;

    /// <summary>The head of a file's hunks.</summary>
    public void Begin(string path, string? movedTo)
    {
        _shift = 0;
        if (movedTo is not null)
        {
            diff.Append(CultureInfo.InvariantCulture, $"diff --git a/{path} b/{movedTo}\nrename from {path}\nrename to {movedTo}\n");
        }
        diff.Append(CultureInfo.InvariantCulture, $"--- a/{path}\n+++ b/{movedTo ?? path}\n");
    }

    public void Create(string path, IReadOnlyList<string> lines)
    {
        diff.Append(CultureInfo.InvariantCulture, $"diff --git a/{path} b/{path}\nnew file mode 100644\n");
        if (lines.Count > 0)
        {
            diff.Append(CultureInfo.InvariantCulture, $"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{lines.Count} @@\n");
            Append('+', lines);
        }
    }

    public void Delete(string path, PatchedSource source)
    {
        diff.Append(CultureInfo.InvariantCulture, $"diff --git a/{path} b/{path}\ndeleted file mode 100644\n");
        if (source.Lines.Length > 0)
        {
            diff.Append(CultureInfo.InvariantCulture, $"--- a/{path}\n+++ /dev/null\n@@ -1,{source.Lines.Length} +0,0 @@\n");
            Append('-', source.Lines);
            AppendMark(source, source.Lines.Length);
        }
    }

    /// <summary>A hunk: what it expects as it is in the file, and what it adds with the file's ends of lines.</summary>
    /// <param name="at">The index of its first line in the file.</param>
    public void Append(PatchedSource source, int at, IReadOnlyList<string> body)
    {
        var (old, added) = (body.Count(line => line[0] != '+'), body.Count(line => line[0] != '-'));
        diff.Append(
            CultureInfo.InvariantCulture,
            $"@@ -{(old == 0 ? at : at + 1)},{old} +{(added == 0 ? at + _shift : at + _shift + 1)},{added} @@\n"
        );
        var index = at;
        foreach (var line in body)
        {
            diff.Append(line[0]);
            if (line[0] == '+')
            {
                diff.Append(source.HasCarriageReturns && !line.EndsWith('\r') ? line[1..] + "\r" : line[1..]).Append('\n');
            }
            else
            {
                diff.Append(source.Lines[index++]).Append('\n');
                AppendMark(source, index);
            }
        }
        _shift += added - old;
    }

    private void Append(char kind, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            diff.Append(kind).Append(line).Append('\n');
        }
    }

    private void AppendMark(PatchedSource source, int after)
    {
        if (after == source.Lines.Length && !source.EndsWithFeed)
        {
            diff.Append("\\ No newline at end of file\n");
        }
    }
}
