namespace SwePlatform.Api.Toolbox.Code;

internal readonly record struct LineCounts(int Blank, int Comment, int Code)
{
    public int Total => Blank + Comment + Code;
}

/// <summary>Tells blank lines, comments and code apart. Comment marks inside a string on one line are no comments.</summary>
internal static class LineCounter
{
    public static LineCounts Count(ReadOnlySpan<byte> content, Language language)
    {
        if (content.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }
        int blank = 0,
            comment = 0,
            code = 0;
        byte[]? blockEnd = null;
        if (content.StartsWith("#!"u8))
        {
            // It looks like a comment, and decides what runs the file.
            code++;
            content = content[(content.IndexOf((byte)'\n') is >= 0 and var end ? end + 1 : content.Length)..];
        }
        if (language.Name == Languages.Python)
        {
            var counts = PythonLines.Count(content);
            return counts with { Code = counts.Code + code };
        }
        var sections = new SectionedLines(language);
        while (content.Length > 0)
        {
            var length = content.IndexOf((byte)'\n');
            var line = length < 0 ? content : content[..length];
            content = length < 0 ? default : content[(length + 1)..];

            line = line.Trim(" \t\r\f\v"u8);
            if (line.Length == 0)
            {
                blank++;
            }
            else if (HasCode(line, language.HasSections ? sections.Next(line, blockEnd is not null) : language, ref blockEnd))
            {
                code++;
            }
            else
            {
                comment++;
            }
        }
        return new(blank, comment, code);
    }

    private static bool HasCode(ReadOnlySpan<byte> line, Language language, ref byte[]? blockEnd)
    {
        var code = false;
        var quote = (byte)0;
        var start = line;
        while (line.Length > 0)
        {
            if (blockEnd is not null)
            {
                var end = line.IndexOf(blockEnd);
                if (end < 0)
                {
                    return code;
                }
                line = line[(end + blockEnd.Length)..];
                blockEnd = null;
                continue;
            }
            var next = line[0];
            if (quote != 0)
            {
                // An escaped quote does not end the string; a string does not outlive its line.
                quote = next == quote ? (byte)0 : quote;
                line = line[(next == '\\' && line.Length > 1 ? 2 : 1)..];
                continue;
            }
            if (StartsComment(line, line.Length == start.Length, language))
            {
                return code;
            }
            if (StartsBlock(line, line.Length == start.Length, language, out var block))
            {
                line = line[block.Start.Length..];
                blockEnd = block.End;
                continue;
            }
            if (next is not ((byte)' ' or (byte)'\t'))
            {
                code = true;
                quote = language.Quotes.Contains((char)next) ? next : (byte)0;
            }
            line = line[1..];
        }
        return code;
    }

    private static bool StartsComment(ReadOnlySpan<byte> line, bool atStart, Language language)
    {
        foreach (var mark in language.LineMarks)
        {
            if (line.StartsWith(mark))
            {
                return atStart || !language.MarksOnlyAtStart;
            }
        }
        return false;
    }

    private static bool StartsBlock(ReadOnlySpan<byte> line, bool atStart, Language language, out (byte[] Start, byte[] End) found)
    {
        foreach (var block in language.Blocks)
        {
            if (line.StartsWith(block.Start) && (atStart || !language.MarksOnlyAtStart))
            {
                found = block;
                return true;
            }
        }
        found = default;
        return false;
    }
}
