using System.Globalization;
using System.Text;

namespace SwePlatform.Web.Components.Shared;

/// <summary>A piece of what a program printed, and how it wants it to look.</summary>
/// <param name="Class">Names of styles; empty for plain text.</param>
public readonly record struct AnsiSpan(string Text, string Class);

/// <summary>
/// Reads what terminals understand: colours and weights become names of styles, every other sequence is left out. What remains is text
/// and is shown as such.
/// </summary>
public sealed class AnsiText
{
    private const char Escape = '\u001b';
    private const int LongestSequence = 64;

    private string _color = "";
    private bool _bold;
    private bool _faint;
    private bool _underlined;

    // The beginning of a sequence whose rest has not come yet.
    private string _rest = "";

    /// <summary>Reads on; what an earlier piece began to colour goes on.</summary>
    public IReadOnlyList<AnsiSpan> Read(string piece)
    {
        var input = _rest + piece;
        _rest = "";
        var spans = new List<AnsiSpan>();
        var text = new StringBuilder();
        for (var at = 0; at < input.Length; at++)
        {
            if (input[at] != Escape)
            {
                Append(text, input, at);
                continue;
            }
            var end = EndOf(input, at);
            if (end < 0)
            {
                _rest = input.Length - at <= LongestSequence ? input[at..] : "";
                break;
            }
            if (input[end] == 'm' && input[at + 1] == '[')
            {
                Flush(spans, text);
                Style(input.AsSpan(at + 2, end - at - 2));
            }
            at = end;
        }
        Flush(spans, text);
        return spans;
    }

    private static void Append(StringBuilder text, string input, int at)
    {
        var letter = input[at];
        if (letter == '\r')
        {
            // A line that is written anew, such as a progress bar; of the end of a line nothing is lost.
            if (at + 1 < input.Length && input[at + 1] != '\n')
            {
                text.Append('\n');
            }
        }
        else if (letter is '\n' or '\t' || !char.IsControl(letter))
        {
            text.Append(letter);
        }
    }

    // CSI ends with a letter, OSC with BEL or ESC \, everything else after one more character.
    private static int EndOf(string input, int start)
    {
        if (start + 1 >= input.Length)
        {
            return -1;
        }
        switch (input[start + 1])
        {
            case '[':
                for (var at = start + 2; at < input.Length && at - start <= LongestSequence; at++)
                {
                    if (input[at] is >= '@' and <= '~')
                    {
                        return at;
                    }
                }
                return input.Length - start > LongestSequence ? start + 1 : -1;
            case ']':
                for (var at = start + 2; at < input.Length; at++)
                {
                    if (input[at] == '\a')
                    {
                        return at;
                    }
                    if (input[at] == Escape)
                    {
                        return Math.Min(at + 1, input.Length - 1);
                    }
                }
                return input.Length - start > LongestSequence ? start + 1 : -1;
            default:
                return start + 1;
        }
    }

    private void Style(ReadOnlySpan<char> codes)
    {
        var parts = codes.ToString().Split(';');
        for (var at = 0; at < parts.Length; at++)
        {
            if (!int.TryParse(parts[at], NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            {
                code = 0;
            }
            switch (code)
            {
                case 0:
                    (_color, _bold, _faint, _underlined) = ("", false, false, false);
                    break;
                case 1:
                    _bold = true;
                    break;
                case 2:
                    _faint = true;
                    break;
                case 4:
                    _underlined = true;
                    break;
                case 22:
                    (_bold, _faint) = (false, false);
                    break;
                case 24:
                    _underlined = false;
                    break;
                case >= 30 and <= 37:
                    _color = $"ansi-{code - 30}";
                    break;
                case >= 90 and <= 97:
                    _color = $"ansi-{code - 90}";
                    break;
                case 39:
                    _color = "";
                    break;
                case 38 or 48:
                    // 256 colours and true colours: their numbers are no codes.
                    at += at + 1 < parts.Length && parts[at + 1] == "2" ? 4 : 2;
                    break;
            }
        }
    }

    private void Flush(List<AnsiSpan> spans, StringBuilder text)
    {
        if (text.Length == 0)
        {
            return;
        }
        var names = string.Join(
            ' ',
            new[] { _color, _bold ? "ansi-bold" : "", _faint ? "faint" : "", _underlined ? "ansi-under" : "" }.Where(name =>
                name.Length > 0
            )
        );
        spans.Add(new(text.ToString(), names));
        text.Clear();
    }
}
