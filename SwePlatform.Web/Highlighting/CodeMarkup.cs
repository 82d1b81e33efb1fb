using System.Globalization;
using System.Text;

namespace SwePlatform.Web.Highlighting;

/// <summary>Lines of code as HTML. Every character of theirs is text in it, whatever it is.</summary>
internal static class CodeMarkup
{
    // Longer lines are no code, and no browser should lay them out.
    private const int LongestLine = 5000;

    public static string Line(ReadOnlySpan<char> line, IReadOnlyList<CodeToken>? tokens, IReadOnlyList<Range>? marks = null)
    {
        var html = new StringBuilder(line.Length * 2);
        var shown = line[..Math.Min(line.Length, LongestLine)];
        var at = 0;
        foreach (var token in tokens ?? [])
        {
            var end = Math.Min(at + token.Length, shown.Length);
            Append(html, shown, at, end, TokenKinds.Class(token.Kind), marks);
            at = end;
        }
        Append(html, shown, at, shown.Length, null, marks);
        if (shown.Length < line.Length)
        {
            html.Append(CultureInfo.InvariantCulture, $"<i class=\"cut\">… {line.Length - shown.Length} more characters</i>");
        }
        return html.ToString();
    }

    private static void Append(StringBuilder html, ReadOnlySpan<char> line, int start, int end, string? kind, IReadOnlyList<Range>? marks)
    {
        if (start >= end)
        {
            return;
        }
        if (kind is not null)
        {
            html.Append("<span class=\"").Append(kind).Append("\">");
        }
        foreach (var mark in marks ?? [])
        {
            var (from, to) = (Math.Clamp(mark.Start.Value, start, end), Math.Clamp(mark.End.Value, start, end));
            if (from < to)
            {
                AppendText(html, line[start..from]);
                html.Append("<mark>");
                AppendText(html, line[from..to]);
                html.Append("</mark>");
                start = to;
            }
        }
        AppendText(html, line[start..end]);
        if (kind is not null)
        {
            html.Append("</span>");
        }
    }

    private static void AppendText(StringBuilder html, ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            switch (character)
            {
                case '<':
                    html.Append("&lt;");
                    break;
                case '>':
                    html.Append("&gt;");
                    break;
                case '&':
                    html.Append("&amp;");
                    break;
                case '"':
                    html.Append("&quot;");
                    break;
                // Would show the text in another order than it has, so that one reads other code than is run.
                case (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f' or '\u061c':
                    html.Append(CultureInfo.InvariantCulture, $"<i class=\"bidi\">U+{(int)character:X4}</i>");
                    break;
                case '\0':
                    html.Append('\ufffd');
                    break;
                default:
                    html.Append(character);
                    break;
            }
        }
    }
}
