namespace SwePlatform.Api.Toolbox.Files;

/// <summary>The lines of a hunk, as they are meant.</summary>
internal static class HunkLines
{
    /// <summary>Without the empty lines at its end, which belong to no hunk; others that are empty are context.</summary>
    /// <exception cref="ToolException">A line begins with something else than a blank, a plus or a minus.</exception>
    public static List<string> Read(IEnumerable<string> lines, string hunk)
    {
        var read = lines.ToList();
        while (read.Count > 0 && read[^1].TrimEnd('\r').Length == 0)
        {
            read.RemoveAt(read.Count - 1);
        }
        var odd = read.FindIndex(line => line.Length > 0 && line[0] is not (' ' or '+' or '-' or '\\' or '\r' or '\t'));
        if (odd >= 0)
        {
            throw PatchedSource.Failed($"{hunk}: its line {odd + 1} begins neither with a blank, nor with '+' or '-': '{Cut(read[odd])}'.");
        }
        // Some leave the blank before a line of context out.
        return
        [
            .. read.Where(line => !line.StartsWith('\\')).Select(line => line.Length == 0 || line[0] is '\r' or '\t' ? " " + line : line),
        ];
    }

    private static string Cut(string line) => line.Length > 80 ? line[..80] + "…" : line;
}
