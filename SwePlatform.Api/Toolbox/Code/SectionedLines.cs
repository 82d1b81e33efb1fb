using System.Text;

namespace SwePlatform.Api.Toolbox.Code;

/// <summary>
/// Counts lines of files whose parts are in several languages: components of Vue and Svelte with their scripts and styles, and
/// Markdown, in whose fenced code nothing is a comment.
/// </summary>
internal struct SectionedLines
{
    private static readonly Language Fenced = new("fenced", [], [], "", false);

    private readonly Language _outside;
    private Language _inside;
    private byte[]? _end;

    public SectionedLines(Language outside) => _outside = _inside = outside;

    /// <summary>The language of the next line.</summary>
    /// <param name="line">Without white space around it.</param>
    public Language Next(ReadOnlySpan<byte> line, bool inComment)
    {
        if (inComment)
        {
            return _inside;
        }
        if (_end is not null)
        {
            if (line.StartsWith(_end))
            {
                (_inside, _end) = (_outside, null);
            }
            return _inside;
        }
        if (_outside.Name == Languages.Markdown)
        {
            var fence = Fence(line, (byte)'`') is { Length: >= 3 } ticks ? ticks : Fence(line, (byte)'~');
            // Three backticks may also begin and end code within one line.
            if (fence.Length >= 3 && line[fence.Length..].IndexOf((byte)'`') < 0)
            {
                (_inside, _end) = (Fenced, fence.ToArray());
            }
            return _inside;
        }
        if (Opens(line, "script"u8))
        {
            (_inside, _end) = (Languages.Named("JavaScript"), "</script"u8.ToArray());
            return _outside;
        }
        if (Opens(line, "style"u8))
        {
            var isPlain = line.IndexOf("scss"u8) < 0 && line.IndexOf("sass"u8) < 0 && line.IndexOf("less"u8) < 0;
            (_inside, _end) = (Languages.Named(isPlain ? "CSS" : "SCSS"), "</style"u8.ToArray());
            return _outside;
        }
        return _inside;
    }

    private static ReadOnlySpan<byte> Fence(ReadOnlySpan<byte> line, byte mark) =>
        line[..(line.IndexOfAnyExcept(mark) is >= 0 and var end ? end : line.Length)];

    // A section whose end is on another line.
    private static bool Opens(ReadOnlySpan<byte> line, ReadOnlySpan<byte> tag) =>
        line.Length > tag.Length + 1
        && line[0] == '<'
        && line[1..].StartsWith(tag)
        && line[tag.Length + 1] is (byte)' ' or (byte)'>'
        && line.IndexOf(Encoding.UTF8.GetBytes($"</{Encoding.UTF8.GetString(tag)}")) < 0
        && !line.EndsWith("/>"u8);
}
