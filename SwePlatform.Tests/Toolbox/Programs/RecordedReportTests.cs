using System.Text;
using SwePlatform.Api.Toolbox.Programs;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox.Programs;

/// <summary>Reports as the runners themselves wrote them: the files in Recordings.</summary>
public sealed class RecordedReportTests
{
    [Fact]
    public void Jest()
    {
        var report = JestReports.Read(Open("jest.json"), TestContext.Current.CancellationToken)!;

        Assert.Equal(new TestCounts(3, 1, 1, 1), report.Counts);
        Expect(
            report.Failures.Single(),
            "add sums",
            "Error: expect(received).toBe(expected) // Object.is equality\n\nExpected: 3\nReceived: -1",
            "test/add.test.js",
            5
        );
    }

    [Fact]
    public void What_is_no_report_of_jest()
    {
        Assert.Null(JestReports.Read(Stream("not json"), TestContext.Current.CancellationToken));
        Assert.Null(JestReports.Read(Stream("[1]"), TestContext.Current.CancellationToken));
        Assert.Null(JestReports.Read(Stream("{}"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Mocha()
    {
        var report = XmlReports.Read(Open("mocha.xml"), TestContext.Current.CancellationToken)!;

        Assert.Equal(new TestCounts(3, 1, 1, 1), report.Counts);
        Expect(report.Failures.Single(), "add.sums", "Expected values to be strictly equal:\n\n-1 !== 3", "test/add.js", 5);
    }

    [Fact]
    public void Vitest()
    {
        var report = XmlReports.Read(Open("vitest.xml"), TestContext.Current.CancellationToken)!;

        Assert.Equal(new TestCounts(3, 1, 1, 1), report.Counts);
        Expect(
            report.Failures.Single(),
            "test/add.test.js > add > sums",
            "expected -1 to be 3 // Object.is equality",
            "test/add.test.js",
            6
        );
    }

    [Fact]
    public void Pytest()
    {
        var report = XmlReports.Read(Open("pytest.xml"), TestContext.Current.CancellationToken)!;

        Assert.Equal(new TestCounts(5, 2, 2, 1), report.Counts);
        Expect(report.Failures[0], "tests.test_calc.test_sum", "assert -1 == 3\n +  where -1 = add(1, 2)", "tests/test_calc.py", 5);
        Assert.StartsWith("failed on setup", report.Failures[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Surefire()
    {
        var report = XmlReports.Read(Open("surefire.xml"), TestContext.Current.CancellationToken)!;

        Assert.Equal(new TestCounts(3, 1, 1, 1), report.Counts);
        Expect(report.Failures.Single(), "com.example.AdderTest.sums", "expected:<3> but was:<-1>", "com/example/AdderTest.java", 10);
    }

    [Fact]
    public void Cargo_with_a_backtrace_and_a_documentation_test()
    {
        var report = TextReports.ReadCargo(File.ReadAllText(PathOf("cargo.txt")), TestContext.Current.CancellationToken)!;

        Assert.Equal(new TestCounts(4, 2, 1, 1), report.Counts);
        Expect(report.Failures.Single(), "tests::sum", "assertion `left == right` failed\n  left: -1\n right: 3", "src/lib.rs", 13);
    }

    [Theory]
    [InlineData(
        "/workspace/add.js:1\nmodule.exports = (a, b => a + b;\n                 ^\n\n"
            + "SyntaxError: Invalid destructuring assignment target\n    at wrapSafe (node:internal:1)",
        "add.js",
        1,
        "SyntaxError: Invalid destructuring assignment target"
    )]
    [InlineData(
        " Exception during run: /workspace/add.js:1\nmodule.exports = (a, b => a + b;\n\nSyntaxError: Unexpected token ';'\n"
            + "    at wrapSafe (node:internal:1)",
        "add.js",
        1,
        "SyntaxError: Unexpected token ';'"
    )]
    [InlineData(
        "[ERROR] /workspace/A.java:[5,20] cannot find symbol\n[ERROR]   symbol:   variable c\n[ERROR]   location: class A",
        "A.java",
        5,
        "cannot find symbol; symbol:   variable c; location: class A"
    )]
    [InlineData(
        "[INFO] BUILD FAILURE\n[ERROR] Plugin org.x:y:1 or one of its dependencies could not be resolved\n[ERROR] -> [Help 1]",
        null,
        null,
        "Plugin org.x:y:1 or one of its dependencies could not be resolved"
    )]
    [InlineData(
        "error: no matching package named `serde` found\nlocation searched: crates.io index",
        null,
        null,
        "no matching package named `serde` found"
    )]
    [InlineData(
        "FAILURE: Build failed with an exception.\n\n* What went wrong:\nA problem occurred evaluating root project.\n> Could not find x\n",
        null,
        null,
        "A problem occurred evaluating root project.\n> Could not find x"
    )]
    public void Errors_of_builds(string output, string? file, int? line, string message)
    {
        var error = Assert.Single(BuildErrors.Read(output, TestContext.Current.CancellationToken));
        Assert.Equal((file, line, message), (error.File, error.Line, error.Message));
    }

    [Fact]
    public void Class_names_of_VSTest_runners_that_write_the_method_only()
    {
        var report = XmlReports.Read(Open("vstest.trx"), TestContext.Current.CancellationToken)!;

        Expect(report.Failures.Single(), "Ns.T.Adds", "no", "Calc.Tests/T.cs", 7);
    }

    private static string PathOf(string recording) =>
        Path.Combine(SourceTree.Root, "SwePlatform.Tests", "Toolbox", "Programs", "Recordings", recording);

    private static MemoryStream Open(string recording) => new(File.ReadAllBytes(PathOf(recording)));

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    private static void Expect(TestFailure failure, string name, string message, string file, int line) =>
        Assert.Equal((name, message, file, line), (failure.Name, failure.Message, failure.File, failure.Line));
}
