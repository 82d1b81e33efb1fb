using System.Xml;
using SwePlatform.Api.Toolbox.Deps;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>Reads TRX: the results, and beside them the definitions of the tests, which may come before or after.</summary>
internal sealed class TrxReport(XmlReader reader, CancellationToken cancellationToken)
{
    private const int MaxDefinitions = 200_000;

    private readonly TestTally _tally = new();
    private readonly List<(string Name, string TestId, string? Message, string? Stack)> _failures = [];
    private readonly Dictionary<string, string?> _classes = new(StringComparer.Ordinal);

    public TestReport Read()
    {
        var failed = 0;
        while (BoundedXml.Next(reader, cancellationToken))
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }
            switch (reader.LocalName)
            {
                case "UnitTestResult":
                    failed += ReadResult() ? 0 : 1;
                    break;
                case "UnitTest" when _classes.Count < MaxDefinitions:
                    ReadDefinition();
                    break;
            }
        }
        foreach (var (name, testId, message, stack) in _failures)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _tally.Fail(FullName(name, testId), message, stack);
        }
        _tally.Omit(failed - _failures.Count);
        return _tally.ToReport();
    }

    private bool ReadResult()
    {
        var (outcome, name, id) = (
            reader.GetAttribute("outcome"),
            reader.GetAttribute("testName") ?? "?",
            reader.GetAttribute("testId") ?? ""
        );
        string? message = null,
            stack = null;
        var (depth, more) = (reader.Depth, !reader.IsEmptyElement);
        while (more && BoundedXml.Next(reader, cancellationToken) && reader.Depth > depth)
        {
            // Output/ErrorInfo/Message, not those of the results of single data rows further in.
            if (reader.NodeType == XmlNodeType.Element && reader.Depth == depth + 3)
            {
                (message, stack) = reader.LocalName switch
                {
                    "Message" => (message ?? XmlReports.Text(reader, cancellationToken), stack),
                    "StackTrace" => (message, stack ?? XmlReports.Text(reader, cancellationToken)),
                    _ => (message, stack),
                };
            }
        }
        switch (outcome)
        {
            case "Passed":
                _tally.Passed++;
                return true;
            case "NotExecuted" or "Inconclusive" or "Pending" or "NotRunnable" or "Disconnected" or "Warning":
                _tally.Skipped++;
                return true;
        }
        if (_failures.Count < TestTally.MaxFailures)
        {
            _failures.Add((name, id, message, stack));
        }
        return false;
    }

    private void ReadDefinition()
    {
        var (id, depth, more) = (reader.GetAttribute("id") ?? "", reader.Depth, !reader.IsEmptyElement);
        while (more && BoundedXml.Next(reader, cancellationToken) && reader.Depth > depth)
        {
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "TestMethod" } && reader.Depth == depth + 1)
            {
                _classes.TryAdd(id, reader.GetAttribute("className"));
            }
        }
    }

    // Some runners write the method's name only.
    private string FullName(string name, string testId) =>
        _classes.GetValueOrDefault(testId)?.Split(',')[0] is { Length: > 0 } type && !name.Contains(type, StringComparison.Ordinal)
            ? $"{type}.{name}"
            : name;
}
