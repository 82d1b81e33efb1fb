using System.Text;

namespace SwePlatform.Api.Toolbox.Code;

/// <summary>Gathers the matching lines of one file, with their context.</summary>
internal sealed class MatchCollector(string path, int context, int maxMatches, int maxTextBytes)
{
    private const int MaxLineBytes = 64 * 1024;

    private int _countedTo;
    private int _line = 1;

    /// <summary>What was found; null for nothing.</summary>
    public List<CodeMatch>? Matches { get; private set; }

    public int TextBytes { get; private set; }

    public bool IsFull => Matches?.Count >= maxMatches || TextBytes > maxTextBytes;

    /// <summary>Adds a line. Lines come in the order of the file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="start">Where the line begins.</param>
    /// <param name="end">Where its text ends, before the line feed.</param>
    /// <param name="match">Where in the file the first match begins.</param>
    /// <param name="length">How long that match is.</param>
    public void Add(ReadOnlySpan<byte> content, int start, int end, int match, int length)
    {
        _line += content[_countedTo..start].Count((byte)'\n');
        _countedTo = start;
        var text = Text(content[start..end]);
        TextBytes += text.Length;
        (Matches ??= []).Add(
            new(
                path,
                _line,
                match - start + 1,
                length,
                text,
                end - start > MaxLineBytes ? true : null,
                Before(content, start),
                After(content, end)
            )
        );
    }

    private List<string>? Before(ReadOnlySpan<byte> content, int start)
    {
        if (context == 0)
        {
            return null;
        }
        var lines = new List<string>();
        while (lines.Count < context && start > 0)
        {
            var end = start - 1;
            start = content[..end].LastIndexOf((byte)'\n') + 1;
            lines.Insert(0, Text(content[start..end]));
            TextBytes += lines[0].Length;
        }
        return lines;
    }

    private List<string>? After(ReadOnlySpan<byte> content, int end)
    {
        if (context == 0)
        {
            return null;
        }
        var lines = new List<string>();
        while (lines.Count < context && end + 1 < content.Length)
        {
            var start = end + 1;
            var length = content[start..].IndexOf((byte)'\n');
            end = length < 0 ? content.Length : start + length;
            lines.Add(Text(content[start..end]));
            TextBytes += lines[^1].Length;
        }
        return lines;
    }

    private static string Text(ReadOnlySpan<byte> line)
    {
        if (line is [.., (byte)'\r'])
        {
            line = line[..^1];
        }
        if (line.Length > MaxLineBytes)
        {
            // Not in the middle of a character.
            var end = MaxLineBytes;
            while (end > MaxLineBytes - 4 && (line[end] & 0xC0) == 0x80)
            {
                end--;
            }
            line = line[..end];
        }
        return Encoding.UTF8.GetString(line);
    }
}
