using System.Text;
using System.Text.RegularExpressions;

namespace SwePlatform.Api.Toolbox.Code;

/// <summary>Finds the lines of a file that match. Not safe for use by several threads at once.</summary>
internal abstract class LineMatcher : IDisposable
{
    /// <summary>Null, or why this cannot be searched for.</summary>
    public static string? Problem(CodeSearchArguments arguments)
    {
        if (arguments.Query.AsSpan().IndexOfAny('\n', '\0') >= 0)
        {
            return "A query is within one line.";
        }
        if (!arguments.Regex)
        {
            return null;
        }
        try
        {
            RegexLineMatcher.Parse(arguments.Query, arguments.CaseSensitive);
            return null;
        }
        catch (RegexParseException exception)
        {
            return $"The regular expression is malformed at position {exception.Offset}: {exception.Error}.";
        }
        catch (NotSupportedException)
        {
            return "The regular expression uses lookarounds, back-references or other constructs that can run away, or is too "
                + "large. Use what can be matched in linear time.";
        }
    }

    /// <summary>Makes matchers for several workers: each has its own buffers, and all share one compiled expression.</summary>
    public static Func<LineMatcher> Prepare(CodeSearchArguments arguments, CancellationToken cancellationToken)
    {
        if (!arguments.Regex && (arguments.CaseSensitive || Ascii.IsValid(arguments.Query)))
        {
            return arguments.CaseSensitive
                ? () => new LiteralLineMatcher(Encoding.UTF8.GetBytes(arguments.Query))
                : () => new AnyCaseLineMatcher(Encoding.ASCII.GetBytes(arguments.Query));
        }
        var regex = RegexLineMatcher.Parse(arguments.Regex ? arguments.Query : Regex.Escape(arguments.Query), arguments.CaseSensitive);
        byte[][] required = arguments is { Regex: true, CaseSensitive: true }
            ? [.. RequiredLiteral.Find(arguments.Query).Select(Encoding.UTF8.GetBytes)]
            : [];
        return () => new RegexLineMatcher(regex, required, cancellationToken);
    }

    /// <summary>Adds each matching line of the file to <paramref name="found"/>, until that is full.</summary>
    public abstract void Find(ReadOnlySpan<byte> content, MatchCollector found);

    public virtual void Dispose() { }
}

/// <summary>A matcher for a fixed number of bytes: it looks for them in the whole file, and only then for the line they are in.</summary>
internal abstract class BytesLineMatcher(int length) : LineMatcher
{
    protected abstract int IndexOf(ReadOnlySpan<byte> content);

    public override void Find(ReadOnlySpan<byte> content, MatchCollector found)
    {
        var position = 0;
        while (position < content.Length && !found.IsFull)
        {
            var index = IndexOf(content[position..]);
            if (index < 0)
            {
                return;
            }
            var match = position + index;
            var start = content[..match].LastIndexOf((byte)'\n') + 1;
            var rest = content[match..].IndexOf((byte)'\n');
            var end = rest < 0 ? content.Length : match + rest;
            found.Add(content, start, end, match, length);
            position = end + 1;
        }
    }
}

internal sealed class LiteralLineMatcher(byte[] literal) : BytesLineMatcher(literal.Length)
{
    protected override int IndexOf(ReadOnlySpan<byte> content) => content.IndexOf(literal);
}

/// <summary>ASCII in any case: looks for one letter in both cases, then compares.</summary>
internal sealed class AnyCaseLineMatcher : BytesLineMatcher
{
    // From frequent to rare in source code. The rarer the letter looked for, the fewer false alarms.
    private const string ByFrequency = " etaroinsldcumpfhgybvwkxjqz";

    private readonly byte[] _literal;
    private readonly int _anchor;
    private readonly byte _lower;
    private readonly byte _upper;

    public AnyCaseLineMatcher(byte[] literal)
        : base(literal.Length)
    {
        _literal = literal;
        _anchor = Enumerable
            .Range(0, literal.Length)
            .MaxBy(index => ByFrequency.IndexOf(char.ToLowerInvariant((char)literal[index]), StringComparison.Ordinal));
        _lower = (byte)char.ToLowerInvariant((char)literal[_anchor]);
        _upper = (byte)char.ToUpperInvariant((char)literal[_anchor]);
    }

    protected override int IndexOf(ReadOnlySpan<byte> content)
    {
        var position = _anchor;
        while (position < content.Length)
        {
            var index = content[position..].IndexOfAny(_lower, _upper);
            if (index < 0)
            {
                return -1;
            }
            var start = position + index - _anchor;
            if (start + _literal.Length <= content.Length && Ascii.EqualsIgnoreCase(content.Slice(start, _literal.Length), _literal))
            {
                return start;
            }
            position += index + 1;
        }
        return -1;
    }
}
