using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace SwePlatform.Api.Toolbox.Code;

/// <summary>
/// Lines that match a regular expression, in time linear in the size of the file.
/// </summary>
/// <remarks>
/// The expression runs over the whole file, not line by line, since starting it costs more than most lines do. A match
/// that crosses a line feed says only that no line before it matches; the line where it begins is then tried alone.
/// Anchors see line feeds as they would see a line's ends.
/// </remarks>
internal sealed partial class RegexLineMatcher(string query, bool caseSensitive) : LineMatcher
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    private readonly Regex _regex = Parse(query, caseSensitive);
    private char[] _buffer = [];

    public static Regex Parse(string query, bool caseSensitive) => new(
        PosixClasses().Replace(query, Translate),
        RegexOptions.NonBacktracking | RegexOptions.Multiline | RegexOptions.CultureInvariant | (caseSensitive ? RegexOptions.None : RegexOptions.IgnoreCase),
        TimeLimit);

    public override void Find(ReadOnlySpan<byte> content, MatchCollector found)
    {
        if (_buffer.Length < content.Length)
        {
            Dispose();
            _buffer = ArrayPool<char>.Shared.Rent(content.Length);
        }
        // Never more characters than bytes.
        ReadOnlySpan<char> text = _buffer.AsSpan(0, Encoding.UTF8.GetChars(content, _buffer));
        if (text.Length == content.Length)
        {
            Find(text, content, found, SameOffset);
        }
        else
        {
            FindEncoded(text, content, found);
        }
    }

    private delegate int ToByteOffset(ReadOnlySpan<char> text, int from, int fromByte, int to);

    private static int SameOffset(ReadOnlySpan<char> text, int from, int fromByte, int to) => to;

    // Offsets are advanced from one match to the next, so each character is counted once.
    private void FindEncoded(ReadOnlySpan<char> text, ReadOnlySpan<byte> content, MatchCollector found)
    {
        if (Encoding.UTF8.GetByteCount(text) == content.Length)
        {
            Find(text, content, found, static (text, from, fromByte, to) => fromByte + Encoding.UTF8.GetByteCount(text[from..to]));
            return;
        }
        // Not valid UTF-8, so characters cannot be counted back to bytes: the search runs on what was decoded.
        var repaired = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, repaired);
        Find(text, repaired, found, static (text, from, fromByte, to) => fromByte + Encoding.UTF8.GetByteCount(text[from..to]));
    }

    private void Find(ReadOnlySpan<char> text, ReadOnlySpan<byte> content, MatchCollector found, ToByteOffset toByte)
    {
        var (position, positionByte) = (0, 0);
        while (position < text.Length && !found.IsFull)
        {
            if (!TryFindLine(text, position, out var start, out var end, out var match, out var length))
            {
                return;
            }
            if (match >= 0)
            {
                var startByte = toByte(text, position, positionByte, start);
                var matchByte = toByte(text, start, startByte, match);
                var matchEndByte = toByte(text, match, matchByte, match + length);
                var endByte = toByte(text, match + length, matchEndByte, end);
                found.Add(content, startByte, endByte, matchByte, matchEndByte - matchByte);
                (position, positionByte) = (end + 1, endByte + 1);
            }
            else
            {
                positionByte = toByte(text, position, positionByte, Math.Min(end + 1, text.Length));
                position = end + 1;
            }
        }
    }

    // The next line that may match, from a position that begins a line; match is -1 if it does not.
    private bool TryFindLine(ReadOnlySpan<char> text, int position, out int start, out int end, out int match, out int length)
    {
        var matches = _regex.EnumerateMatches(text, position);
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
            foreach (var inLine in _regex.EnumerateMatches(text[start..end]))
            {
                (match, length) = (start + inLine.Index, inLine.Length);
                break;
            }
        }
        return true;
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
    private static string Translate(Match match) => match.Groups[1].Value switch
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
}
