using System.Text;
using SwePlatform.Api.Toolbox.Programs;
using Xunit;

namespace SwePlatform.Tests.Toolbox.Programs;

/// <summary>Reports that programs wrote in order to keep their reader busy.</summary>
public sealed class HostileReportTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("testsuite")]
    [InlineData("TestRun")]
    public void A_report_that_is_nested_deeply_is_refused_at_once(string root)
    {
        var deep = $"<{root}>{Repeat("<a>", 300_000)}{Repeat("</a>", 300_000)}</{root}>";

        Assert.Null(Timed(() => XmlReports.Read(Stream(deep), Cancel)));
    }

    [Fact]
    public void Reading_a_report_can_be_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() =>
            XmlReports.Read(Stream("<testsuite><testcase name='a'/></testsuite>"), cancelled.Token)
        );
        Assert.ThrowsAny<OperationCanceledException>(() => JestReports.Read(Stream("""{"testResults":[{}]}"""), cancelled.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => TextReports.ReadGo("{}\n", cancelled.Token));
    }

    [Fact]
    public void A_million_tests_are_counted_and_few_of_their_failures_kept()
    {
        var report = Timed(() =>
            XmlReports.Read(Stream($"<testsuite>{Repeat("<testcase name='t'><failure/></testcase>", 300_000)}</testsuite>"), Cancel)
        )!;

        Assert.Equal(300_000, report.Counts.Failed);
        Assert.InRange(report.Failures.Count, 101, 1000);
    }

    [Theory]
    [InlineData("TestDefinitions", "Results")]
    [InlineData("Results", "TestDefinitions")]
    public void Definitions_of_TRX_name_its_failures_wherever_they_are(string first, string second)
    {
        var parts = new Dictionary<string, string>
        {
            ["Results"] =
                "<Results><UnitTestResult testId='1' testName='Adds' "
                + "outcome='Failed'><Output><ErrorInfo><Message>no</Message><StackTrace>at X in /workspace/a.cs:line "
                + "3</StackTrace></ErrorInfo></Output></UnitTestResult>"
                + "<UnitTestResult testId='2' testName='Rows' outcome='Passed'><InnerResults><UnitTestResult testName='Row' "
                + "outcome='Passed'/></InnerResults></UnitTestResult></Results>",
            ["TestDefinitions"] =
                "<TestDefinitions><UnitTest id='1'><Execution/><TestMethod className='N.Sums, Assembly'/></UnitTest></TestDefinitions>",
        };

        var report = XmlReports.Read(
            Stream($"<TestRun xmlns='http://microsoft.com/schemas/VisualStudio/TeamTest/2010'>{parts[first]}{parts[second]}</TestRun>"),
            Cancel
        )!;

        Assert.Equal(new TestCounts(2, 1, 1, 0), report.Counts);
        Assert.Equal(
            ("N.Sums.Adds", "no", "a.cs", 3),
            (report.Failures[0].Name, report.Failures[0].Message, report.Failures[0].File, report.Failures[0].Line)
        );
    }

    [Theory]
    [InlineData("{},")]
    [InlineData("[],")]
    [InlineData("{\"assertionResults\":[{},{},{},{}]},")]
    public void Millions_of_empty_values_take_little_memory(string value)
    {
        var json = Encoding.UTF8.GetBytes($$"""{"testResults":[{{Repeat(value, 12_000_000 / value.Length)}}{}]}""");
        var before = GC.GetAllocatedBytesForCurrentThread();

        Timed(() => JestReports.Read(new MemoryStream(json), Cancel));

        // What the content itself takes, which grows by doubling.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8L * json.Length);
    }

    [Fact]
    public void JSON_that_is_nested_deeply_is_no_report() =>
        Assert.Null(Timed(() => JestReports.Read(Stream($$"""{"testResults":[{"x":{{Repeat("[", 1_000_000)}}"""), Cancel)));

    [Fact]
    public void Stacks_and_compilers_lines_that_are_hard_to_match_take_no_long_time()
    {
        var hard = "at " + Repeat("a.", 30_000) + "(";
        Timed(() => TestReport.Failure("t", hard, $"{Repeat("/", 30_000)}\n{Repeat("a@.", 20_000)}\n{hard}"));
        Timed(() => BuildErrors.Read(Repeat(Repeat("a ", 1990) + ": \n", 500), Cancel));
    }

    private static T Timed<T>(Func<T> read)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var result = read();
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Soon);
        return result;
    }

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));
}
