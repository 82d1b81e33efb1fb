using System.Buffers;

namespace SwePlatform.Api.Toolbox.Code;

/// <summary>
/// Counts lines of Python. A string that is a statement of its own, such as a docstring, is a comment; one that is assigned, passed or
/// returned is code, however many lines it has. So strings, brackets and ends of statements have to be followed.
/// </summary>
internal ref struct PythonLines
{
    private static readonly SearchValues<byte> Prefixes = SearchValues.Create("rRbBuUfFtT"u8);

    private static readonly SearchValues<byte> Formatted = SearchValues.Create("fFtT"u8);

    private readonly ReadOnlySpan<byte> _content;
    private readonly List<Kind> _lines = [];
    private int _at;
    private int _depth;

    // Where the strings began that the statement consists of so far; -1 once there is something else in it.
    private int _onlyStringsFrom;
    private bool _inStatement;
    private bool _blank = true;

    private enum Kind : byte
    {
        Blank,
        Comment,
        Code,

        /// <summary>Of a string that is a comment, unless more follows in its statement.</summary>
        Undecided,
    }

    private PythonLines(ReadOnlySpan<byte> content)
    {
        _content = content;
        _lines.Add(Kind.Blank);
    }

    /// <param name="content">Without a byte order mark, and without the line that names an interpreter.</param>
    public static LineCounts Count(ReadOnlySpan<byte> content)
    {
        if (content.Length == 0)
        {
            return default;
        }
        var counter = new PythonLines(content);
        counter.Read();
        var lines = counter._lines;
        // What ends with a line feed has no further line behind it.
        var count = content[^1] == '\n' ? lines.Count - 1 : lines.Count;
        int blank = 0,
            comment = 0;
        for (var line = 0; line < count; line++)
        {
            blank += lines[line] == Kind.Blank ? 1 : 0;
            comment += lines[line] is Kind.Comment or Kind.Undecided ? 1 : 0;
        }
        return new(blank, comment, count - blank - comment);
    }

    private void Read()
    {
        while (_at < _content.Length)
        {
            var next = _content[_at];
            switch (next)
            {
                case (byte)'\n':
                    EndLine();
                    break;
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\f' or (byte)'\v':
                    _at++;
                    break;
                case (byte)'#':
                    Mark(Kind.Comment);
                    _at += _content[_at..].IndexOf((byte)'\n') is >= 0 and var length ? length : _content.Length - _at;
                    break;
                case (byte)'"' or (byte)'\'':
                    ReadString();
                    break;
                case (byte)'\\' when IsLineEnd(_at + 1):
                    // The statement goes on, whatever it is so far.
                    Mark(_inStatement && _onlyStringsFrom < 0 ? Kind.Code : Kind.Undecided);
                    _at = _content[_at..].IndexOf((byte)'\n') is >= 0 and var rest ? _at + rest + 1 : _content.Length;
                    NewLine();
                    break;
                case (byte)';' when _depth == 0:
                    Mark(Kind.Code);
                    EndStatement();
                    _at++;
                    break;
                default:
                    ReadOther(next);
                    break;
            }
        }
    }

    private void EndLine()
    {
        _at++;
        if (_depth == 0)
        {
            EndStatement();
        }
        NewLine();
    }

    private void ReadOther(byte next)
    {
        var length = IsName(next) ? NameLength() : 1;
        if (_at + length < _content.Length && _content[_at + length] is (byte)'"' or (byte)'\'' && IsPrefix(_content.Slice(_at, length)))
        {
            if (_content.Slice(_at, length).ContainsAny(Formatted))
            {
                // It is evaluated, so it is no text only.
                Other();
            }
            _at += length;
            ReadString();
            return;
        }
        Other();
        _depth = next switch
        {
            (byte)'(' or (byte)'[' or (byte)'{' => _depth + 1,
            (byte)')' or (byte)']' or (byte)'}' => Math.Max(0, _depth - 1),
            _ => _depth,
        };
        _at += length;
    }

    private void ReadString()
    {
        var alone = _depth == 0 && (!_inStatement || _onlyStringsFrom >= 0);
        if (!_inStatement && alone)
        {
            _onlyStringsFrom = _lines.Count - 1;
        }
        _inStatement = true;
        var kind = alone ? Kind.Undecided : Kind.Code;
        var quote = _content[_at];
        var triple = _content[_at..].StartsWith("\"\"\""u8) || _content[_at..].StartsWith("'''"u8);
        Mark(kind);
        for (_at += triple ? 3 : 1; _at < _content.Length; )
        {
            var next = _content[_at];
            if (next == '\n')
            {
                if (!triple)
                {
                    // It was never closed.
                    return;
                }
                _at++;
                NewLine();
            }
            else if (next == '\\' && _at + 1 < _content.Length)
            {
                // Whatever is behind it does not end the string; an end of the line is another line of it.
                Mark(kind);
                _at += IsLineEnd(_at + 1) && _content[_at + 1] == '\r' ? 2 : 1;
                if (_content[_at] == '\n')
                {
                    NewLine();
                }
                _at++;
            }
            else if (next == quote && (!triple || IsTriple(quote)))
            {
                Mark(kind);
                _at += triple ? 3 : 1;
                return;
            }
            else
            {
                if (next is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\f' or (byte)'\v'))
                {
                    Mark(kind);
                }
                _at++;
            }
        }
    }

    // Something that is no string: those before it in the statement are no comment.
    private void Other()
    {
        if (_onlyStringsFrom >= 0)
        {
            for (var line = _onlyStringsFrom; line < _lines.Count; line++)
            {
                _lines[line] = _lines[line] == Kind.Undecided ? Kind.Code : _lines[line];
            }
        }
        _onlyStringsFrom = -1;
        _inStatement = true;
        Mark(Kind.Code);
    }

    private void EndStatement() => (_inStatement, _onlyStringsFrom) = (false, -1);

    private void NewLine()
    {
        _lines.Add(Kind.Blank);
        _blank = true;
    }

    private void Mark(Kind kind)
    {
        var before = _lines[^1];
        // Code beside anything else makes the line code; a string that may be a comment is more than a comment behind it.
        _lines[^1] =
            _blank ? kind
            : kind == Kind.Code || before == Kind.Code ? Kind.Code
            : kind == Kind.Undecided || before == Kind.Undecided ? Kind.Undecided
            : Kind.Comment;
        _blank = false;
    }

    private readonly bool IsTriple(byte quote) => _at + 2 < _content.Length && _content[_at + 1] == quote && _content[_at + 2] == quote;

    private readonly bool IsLineEnd(int at) =>
        at >= _content.Length || _content[at] == '\n' || (_content[at] == '\r' && at + 1 < _content.Length && _content[at + 1] == '\n');

    private readonly int NameLength()
    {
        var length = 1;
        while (_at + length < _content.Length && IsName(_content[_at + length]))
        {
            length++;
        }
        return length;
    }

    private static bool IsName(byte next) => char.IsAsciiLetterOrDigit((char)next) || next == '_' || next >= 0x80;

    private static bool IsPrefix(ReadOnlySpan<byte> name) => name.Length <= 2 && !name.ContainsAnyExcept(Prefixes);
}
