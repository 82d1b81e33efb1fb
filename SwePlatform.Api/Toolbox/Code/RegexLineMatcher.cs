using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace SwePlatform.Api.Toolbox.Code;

/// <summary>
/// Lines that match a regular expression, in time linear in the size of the file.
/// </summary>
/// <remarks>
/// The expression runs over many lines at once, since starting it costs more than most lines do. A match that crosses
/// a line feed says only that no line before it matches; the line where it begins is then tried alone. Anchors see
/// line feeds as they would see a line's ends. A file is taken in pieces of whole lines, so that a search can be
/// cancelled in a large one: the engine's own time limit is not used, since with it .NET 10 misses matches beyond
/// some 100,000 characters.
/// </remarks>
/// <param name="required">UTF-8 texts that every matching line has, the one to look for first; none if none are known.</param>
internal sealed partial class RegexLineMatcher(Regex regex, byte[][] required, CancellationToken cancellationToken) : LineMatcher
{
    private const int PieceBytes = 64 * 1024;

    // A search keeps up to 10,000 states of its expression, each in proportion to the expression's size: this bounds
    // both. .NET reads it for each expression, and takes it as a number only, so no configuration file can set it.
    private const int MaxAutomatonSize = 500;

    private char[] _buffer = [];

    static RegexLineMatcher() => AppContext.SetData("REGEX_NONBACKTRACKING_MAX_AUTOMATA_SIZE", MaxAutomatonSize);

    /// <exception cref="RegexParseException">It is malformed.</exception>
    /// <exception cref="NotSupportedException">It cannot be matched in linear time, or is too large.</exception>
    public static Regex Parse(string query, bool caseSensitive) =>
        new(
            TextAnchors()
                .Replace(
                    PosixClasses().Replace(query, TranslateClass),
                    match => match.Groups[1].Value + (match.Groups[2].Value == "A" ? "^" : "$")
                ),
            RegexOptions.NonBacktracking
                | RegexOptions.Multiline
                | RegexOptions.CultureInvariant
                | (caseSensitive ? RegexOptions.None : RegexOptions.IgnoreCase)
        );

    public override void Find(ReadOnlySpan<byte> content, MatchCollector found)
    {
        if (required.Length > 0)
        {
            FindAround(content, found);
            return;
        }
        for (var start = 0; start < content.Length && !found.IsFull; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = Math.Min(start + PieceBytes, content.Length);
            var rest = content[end..].IndexOf((byte)'\n');
            end = end == content.Length || rest < 0 ? content.Length : end + rest + 1;
            FindInPiece(content, start, end, found);
            start = end;
        }
    }

    // Tries only the lines that have the required texts.
    private void FindAround(ReadOnlySpan<byte> content, MatchCollector found)
    {
        for (var position = 0; position < content.Length && !found.IsFull; )
        {
            var index = content[position..].IndexOf(required[0]);
            if (index < 0)
            {
                return;
            }
            cancellationToken.ThrowIfCancellationRequested();
            var start = position + content.Slice(position, index).LastIndexOf((byte)'\n') + 1;
            var end = LineEnd(content, position + index);
            position = end + 1;
            if (HasRest(content[start..end]))
            {
                FindInLine(content, start, end, found);
            }
        }
    }

    private bool HasRest(ReadOnlySpan<byte> line)
    {
        foreach (var text in required.AsSpan(1))
        {
            if (line.IndexOf(text) < 0)
            {
                return false;
            }
        }
        return true;
    }

    private void FindInLine(ReadOnlySpan<byte> content, int start, int end, MatchCollector found)
    {
        var line = Decode(content[start..end]);
        foreach (var match in regex.EnumerateMatches(line))
        {
            var sameOffsets = line.Length == end - start;
            var before = sameOffsets ? match.Index : Encoding.UTF8.GetByteCount(line[..match.Index]);
            found.Add(
                content,
                start,
                end,
                start + before,
                sameOffsets ? match.Length : Encoding.UTF8.GetByteCount(line.Slice(match.Index, match.Length))
            );
            return;
        }
    }

    private ReadOnlySpan<char> Decode(ReadOnlySpan<byte> bytes)
    {
        if (_buffer.Length < bytes.Length)
        {
            Dispose();
            _buffer = ArrayPool<char>.Shared.Rent(bytes.Length);
        }
        // Never more characters than bytes.
        return _buffer.AsSpan(0, Encoding.UTF8.GetChars(bytes, _buffer));
    }

    private void FindInPiece(ReadOnlySpan<byte> content, int start, int end, MatchCollector found)
    {
        var text = Decode(content[start..end]);
        var sameOffsets = text.Length == end - start;
        var (position, positionByte) = (0, start);
        while (
            position < text.Length
            && !found.IsFull
            && TryFindLine(text, position, out var line, out var lineEnd, out var match, out var length)
        )
        {
            // Where the line begins and ends is looked up in the bytes: that holds also where they are not valid UTF-8.
            var lineByte = sameOffsets ? start + line : SkipLines(content, positionByte, text[position..line].Count('\n'));
            var lineEndByte = sameOffsets ? start + lineEnd : LineEnd(content, lineByte);
            if (match >= 0)
            {
                var before = sameOffsets ? match - line : Encoding.UTF8.GetByteCount(text[line..match]);
                var matched = sameOffsets ? length : Encoding.UTF8.GetByteCount(text.Slice(match, length));
                found.Add(content, lineByte, lineEndByte, lineByte + before, matched);
            }
            (position, positionByte) = (lineEnd + 1, lineEndByte + 1);
        }
    }

    // The next line that may match, from a position that begins a line; match is -1 if it does not.
    private bool TryFindLine(ReadOnlySpan<char> text, int position, out int start, out int end, out int match, out int length)
    {
        var matches = regex.EnumerateMatches(text, position);
        if (!matches.MoveNext() || (matches.Current.Index == text.Length && text[^1] == '\n'))
        {
            (start, end, match, length) = (position, text.Length, -1, 0);
            return false;
        }
        (match, length) = (matches.Current.Index, matches.Current.Length);
        start = position + text[position..match].LastIndexOf('\n') + 1;
        var crosses = text.Slice(match, length).Contains('\n');
        var rest = text[(crosses ? start : match)..].IndexOf('\n');
        end = rest < 0 ? text.Length : (crosses ? start : match) + rest;
        if (crosses)
        {
            (match, length) = (-1, 0);
            foreach (var inLine in regex.EnumerateMatches(text[start..end]))
            {
                (match, length) = (start + inLine.Index, inLine.Length);
                break;
            }
        }
        return true;
    }

    private static int SkipLines(ReadOnlySpan<byte> content, int position, int lines)
    {
        for (; lines > 0; lines--)
        {
            position = LineEnd(content, position) + 1;
        }
        return position;
    }

    private static int LineEnd(ReadOnlySpan<byte> content, int position)
    {
        var rest = content[position..].IndexOf((byte)'\n');
        return rest < 0 ? content.Length : position + rest;
    }

    public override void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<char>.Shared.Return(_buffer);
            _buffer = [];
        }
        base.Dispose();
    }

    // git grep and ripgrep know these inside a set; .NET does not.
    private static string TranslateClass(Match match) =>
        match.Groups[1].Value switch
        {
            "alnum" => "a-zA-Z0-9",
            "alpha" => "a-zA-Z",
            "blank" => " \\t",
            "cntrl" => "\\x00-\\x1f\\x7f",
            "digit" => "0-9",
            "graph" => "!-~",
            "lower" => "a-z",
            "print" => " -~",
            "punct" => "!-/:-@\\[-`{-~",
            "space" => "\\s",
            "upper" => "A-Z",
            _ => "0-9A-Fa-f",
        };

    [GeneratedRegex(@"\[:(alnum|alpha|blank|cntrl|digit|graph|lower|print|punct|space|upper|xdigit):\]")]
    private static partial Regex PosixClasses();

    // The text that is searched is a line, so its ends are the line's. A backslash that is itself escaped begins nothing.
    [GeneratedRegex(@"((?:^|[^\\])(?:\\\\)*)\\([AzZ])")]
    private static partial Regex TextAnchors();
}
