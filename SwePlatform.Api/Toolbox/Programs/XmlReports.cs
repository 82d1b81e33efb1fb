using System.Xml;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>
/// Reads the two XML formats of test results, TRX and JUnit's, as a stream: they were written by untrusted programs,
/// and whatever these wrote, reading takes time in proportion to it and next to no memory.
/// </summary>
internal static class XmlReports
{
    // Longer than any text that is shown, so that the place of a failure is still in it.
    private const int MaxText = 64 * 1024;
    private const string ErrorMark = "E   ";
    private const int MaxErrorLines = 20;

    /// <returns>Null if it is no such report.</returns>
    public static TestReport? Read(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = BoundedXml.Open(stream);
            while (BoundedXml.Next(reader, cancellationToken))
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    return reader.LocalName switch
                    {
                        "TestRun" => new TrxReport(reader, cancellationToken).Read(),
                        "testsuites" or "testsuite" => ReadJUnit(reader, cancellationToken),
                        _ => null,
                    };
                }
            }
            return null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>The text of an element, as long as anybody reads.</summary>
    public static string Text(XmlReader reader, CancellationToken cancellationToken) =>
        BoundedXml.ReadText(reader, MaxText, cancellationToken);

    private static TestReport ReadJUnit(XmlReader reader, CancellationToken cancellationToken)
    {
        var tally = new TestTally();
        while (BoundedXml.Next(reader, cancellationToken))
        {
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "testcase" })
            {
                ReadTest(reader, tally, cancellationToken);
            }
        }
        return tally.ToReport();
    }

    private static void ReadTest(XmlReader reader, TestTally tally, CancellationToken cancellationToken)
    {
        var (name, depth) = (Name(reader), reader.Depth);
        (string? Message, string Text)? failure = null,
            error = null;
        var skipped = false;
        if (!reader.IsEmptyElement)
        {
            while (BoundedXml.Next(reader, cancellationToken) && reader.Depth > depth)
            {
                if (reader.NodeType != XmlNodeType.Element || reader.Depth != depth + 1)
                {
                    continue;
                }
                switch (reader.LocalName)
                {
                    case "failure":
                        failure ??= (reader.GetAttribute("message"), Text(reader, cancellationToken));
                        break;
                    case "error":
                        error ??= (reader.GetAttribute("message"), Text(reader, cancellationToken));
                        break;
                    case "skipped":
                        skipped = true;
                        break;
                }
            }
        }
        if ((failure ?? error) is { } found)
        {
            var says = found.Message?.StartsWith("failed on ", StringComparison.Ordinal) == true ? null : PytestMessage(found.Text);
            tally.Fail(name, says ?? found.Message ?? TestReport.Head(found.Text), found.Text);
        }
        else if (skipped)
        {
            tally.Skipped++;
        }
        else
        {
            tally.Passed++;
        }
    }

    // What pytest writes behind an "E" says why; its attribute says no more than "collection failure" of some.
    private static string? PytestMessage(string text)
    {
        var lines = text.Split('\n').SkipWhile(line => !IsError(line)).TakeWhile(IsError).Take(MaxErrorLines).ToList();
        if (lines.Count == 0)
        {
            return null;
        }
        // Behind the mark they are indented as the line of code that failed.
        var indent = lines[0].Length - lines[0][1..].TrimStart().Length;
        return string.Join('\n', lines.Select(line => line[Math.Min(indent, line.Length)..].TrimEnd('\r')));
    }

    private static bool IsError(string line) => line.StartsWith(ErrorMark, StringComparison.Ordinal);

    // Some name the file instead of a class, and some the test itself.
    private static string Name(XmlReader test)
    {
        var (type, name) = (test.GetAttribute("classname"), test.GetAttribute("name") ?? "?");
        return type is null or "" or "test" || type == name ? name
            : type.Contains('/', StringComparison.Ordinal) ? $"{type} > {name}"
            : $"{type}.{name}";
    }
}
