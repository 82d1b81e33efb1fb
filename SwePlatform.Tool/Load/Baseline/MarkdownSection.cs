namespace SwePlatform.Tool.Load.Baseline;

/// <summary>The part of a Markdown file between two marks, which a command writes.</summary>
internal static class MarkdownSection
{
    private const string Begin = "<!-- baseline:begin -->";
    private const string End = "<!-- baseline:end -->";
    private static readonly string Fresh = $"# Performance\n\n## Baseline\n\n{Begin}\n{End}\n";

    /// <summary>Fails before minutes of measuring if there is no place for the result.</summary>
    public static void Check(string path) => Split(path);

    public static async Task ReplaceAsync(string path, string content)
    {
        var (before, after) = Split(path);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        await File.WriteAllTextAsync(path, $"{before}{Begin}\n{content.Trim()}\n{End}{after}");
    }

    private static (string Before, string After) Split(string path)
    {
        var text = File.Exists(path) ? File.ReadAllText(path) : Fresh;
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        return begin >= 0 && end > begin
            ? (text[..begin], text[(end + End.Length)..])
            : throw new CommandException($"{path} needs the lines {Begin} and {End}: the figures go between them.");
    }
}
