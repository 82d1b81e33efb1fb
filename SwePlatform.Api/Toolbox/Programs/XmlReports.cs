using System.Xml;
using System.Xml.Linq;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>
/// Reads the two XML formats of test results: TRX and JUnit's. They were written by programs of strangers: no DTD,
/// no entities, nothing is fetched, and there is a limit on their size.
/// </summary>
internal static class XmlReports
{
    private const long MaxCharacters = 64L * 1024 * 1024;

    /// <returns>Null if it is no such report.</returns>
    public static TestReport? Read(Stream stream)
    {
        try
        {
            using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxCharacters, CheckCharacters = false });
            var root = XDocument.Load(reader).Root!;
            return root.Name.LocalName switch
            {
                "TestRun" => ReadTrx(root),
                "testsuites" or "testsuite" => ReadJUnit(root),
                _ => null,
            };
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static TestReport ReadTrx(XElement root)
    {
        var space = root.Name.Namespace;
        var (passed, failed, skipped) = (0, 0, 0);
        var failures = new List<TestFailure>();
        var classes = root.Elements(space + "TestDefinitions").Elements(space + "UnitTest").DistinctBy(test => (string?)test.Attribute("id") ?? "")
            .ToDictionary(test => (string?)test.Attribute("id") ?? "", test => (string?)test.Element(space + "TestMethod")?.Attribute("className"));
        foreach (var result in root.Elements(space + "Results").Elements(space + "UnitTestResult"))
        {
            switch ((string?)result.Attribute("outcome"))
            {
                case "Passed":
                    passed++;
                    break;
                case "NotExecuted" or "Inconclusive" or "Pending" or "NotRunnable" or "Disconnected" or "Warning":
                    skipped++;
                    break;
                default:
                    failed++;
                    var error = result.Element(space + "Output")?.Element(space + "ErrorInfo");
                    failures.Add(TestReport.Failure(TrxName(result, classes), (string?)error?.Element(space + "Message"), (string?)error?.Element(space + "StackTrace")));
                    break;
            }
        }
        return new(new(passed + failed + skipped, passed, failed, skipped), failures);
    }

    // Some runners write the method's name only.
    private static string TrxName(XElement result, Dictionary<string, string?> classes)
    {
        var name = (string?)result.Attribute("testName") ?? "?";
        return classes.GetValueOrDefault((string?)result.Attribute("testId") ?? "")?.Split(',')[0] is { Length: > 0 } type && !name.Contains(type, StringComparison.Ordinal) ? $"{type}.{name}" : name;
    }

    private static TestReport ReadJUnit(XElement root)
    {
        var (passed, failed, skipped) = (0, 0, 0);
        var failures = new List<TestFailure>();
        foreach (var test in root.Descendants("testcase"))
        {
            if ((test.Element("failure") ?? test.Element("error")) is { } failure)
            {
                failed++;
                failures.Add(TestReport.Failure(Name(test), (string?)failure.Attribute("message") ?? TestReport.Head(failure.Value), failure.Value));
            }
            else if (test.Element("skipped") is not null)
            {
                skipped++;
            }
            else
            {
                passed++;
            }
        }
        return new(new(passed + failed + skipped, passed, failed, skipped), failures);
    }

    // Some name the file instead of a class, and some the test itself.
    private static string Name(XElement test)
    {
        var (type, name) = ((string?)test.Attribute("classname"), (string?)test.Attribute("name") ?? "?");
        return type is null or "" or "test" || type == name ? name : type.Contains('/', StringComparison.Ordinal) ? $"{type} > {name}" : $"{type}.{name}";
    }
}
