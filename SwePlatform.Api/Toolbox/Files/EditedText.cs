using System.Text;

namespace SwePlatform.Api.Toolbox.Files;

/// <summary>
/// A file's text while it is edited. It keeps what the file has and edits do not speak of: the mark at its beginning, the
/// ends of its lines, and its encoding.
/// </summary>
internal sealed class EditedText
{
    private const int MaxPlaces = 10;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _path;
    private readonly Encoding _encoding;
    private readonly bool _crlf;
    private string _text;

    private EditedText(string path, string text, Encoding encoding)
    {
        (_path, _text, _encoding) = (path, text, encoding);
        var feeds = text.AsSpan().Count('\n');
        _crlf = feeds > 0 && text.AsSpan().Count("\r\n") == feeds;
    }

    /// <exception cref="ToolException">It is no text.</exception>
    public static EditedText Read(byte[] content, string path)
    {
        if (content.AsSpan().Contains((byte)0))
        {
            throw new ToolException(ToolException.Unsupported, $"'{path}' is a binary file, or text in UTF-16; files.edit takes neither.");
        }
        try
        {
            return new(path, Strict.GetString(content), Strict);
        }
        catch (DecoderFallbackException)
        {
            // Some encoding of one byte a character. This one keeps each byte that is not edited, whichever it is.
            return new(path, Encoding.Latin1.GetString(content), Encoding.Latin1);
        }
    }

    public byte[] ToBytes() => _encoding.GetBytes(_text);

    /// <returns>Null if the text is not there, or not just once.</returns>
    /// <exception cref="ToolException">The file's encoding is not known, or the file would become too large.</exception>
    public MadeEdit? Replace(TextEdit edit, int maxBytes)
    {
        if (_encoding != Strict && !(Ascii.IsValid(edit.OldText) && Ascii.IsValid(edit.NewText)))
        {
            throw new ToolException(
                ToolException.Unsupported,
                $"'{_path}' is not UTF-8, and which encoding it has is not known: only ASCII text can be replaced in it."
            );
        }
        var (old, replacement) = Adapt(edit);
        var places = Places(old).ToList();
        if (places.Count == 0 || (places.Count > 1 && !edit.ReplaceAll))
        {
            return null;
        }
        if (_text.Length + (long)places.Count * (replacement.Length - old.Length) > maxBytes)
        {
            throw new ToolException(ToolException.Unsupported, $"'{_path}' would have more than {maxBytes >> 20} MiB.");
        }
        var lines = Lines(places);
        _text = _text.Replace(old, replacement, StringComparison.Ordinal);
        return new(places.Count, lines);
    }

    /// <summary>Why an edit cannot be made.</summary>
    public string Explain(TextEdit edit)
    {
        var (old, replacement) = Adapt(edit);
        var places = Places(old).ToList();
        if (places.Count > 1)
        {
            return $"the text is there {places.Count} times, at lines {string.Join(", ", Lines(places))}"
                + $"{(places.Count > MaxPlaces ? ", …" : "")}: add lines around it until it is unique, or set replaceAll.";
        }
        var done = replacement.Length == 0 ? -1 : _text.IndexOf(replacement, StringComparison.Ordinal);
        return $"the text is not in '{_path}'. "
            + NearestText.Describe(old, _text)
            + (done >= 0 ? $" The new text is there already, at line {Lines([done])[0]}." : "");
    }

    // Agents write \n, whatever the file has.
    private (string Old, string New) Adapt(TextEdit edit)
    {
        var (old, replacement) = (edit.OldText, edit.NewText);
        return _crlf || (!_text.Contains(old, StringComparison.Ordinal) && _text.Contains(Crlf(old), StringComparison.Ordinal))
            ? (Crlf(old), Crlf(replacement))
            : (old, replacement);
    }

    private static string Crlf(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);

    private IEnumerable<int> Places(string old)
    {
        for (
            var at = _text.IndexOf(old, StringComparison.Ordinal);
            at >= 0;
            at = _text.IndexOf(old, at + old.Length, StringComparison.Ordinal)
        )
        {
            yield return at;
        }
    }

    private List<int> Lines(IReadOnlyList<int> places)
    {
        var lines = new List<int>();
        var (line, counted) = (1, 0);
        foreach (var place in places.Take(MaxPlaces))
        {
            line += _text.AsSpan(counted, place - counted).Count('\n');
            counted = place;
            lines.Add(line);
        }
        return lines;
    }
}
