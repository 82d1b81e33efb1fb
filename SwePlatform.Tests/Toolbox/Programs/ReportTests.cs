using System.Text;
using SwePlatform.Api.Toolbox.Programs;
using Xunit;

namespace SwePlatform.Tests.Toolbox.Programs;

/// <summary>What test runners and compilers print, read as it was recorded.</summary>
public sealed class ReportTests
{
    [Fact]
    public void Entities_and_document_types_are_not_read()
    {
        Assert.Null(
            Read(
                "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><testsuite><testcase "
                    + "name=\"a\"><failure>&e;</failure></testcase></testsuite>"
            )
        );
        Assert.Null(Read("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><testsuite/>"));
        Assert.Null(Read("not xml"));
        Assert.Null(Read("<html/>"));
    }

    [Fact]
    public void JUnit_of_several_suites()
    {
        var report = Read(
            """
            <?xml version="1.0"?>
            <testsuites><testsuite name="pytest"><testcase classname="tests.test_a.TestA" name="test_x">
            <failure message="assert 1 == 2">tests/test_a.py:9: AssertionError</failure></testcase>
            <testcase classname="tests.test_a" name="test_y"/>
            <testcase classname="tests.test_a" name="test_z"><skipped/></testcase></testsuite>
            <testsuite><testsuite><testcase classname="com.example.FooTest" name="bar">
            <error type="java.lang.IllegalStateException">java.lang.IllegalStateException: boom
            	at com.example.FooTest.bar(FooTest.java:12)</error></testcase></testsuite></testsuite></testsuites>
            """
        )!;

        Assert.Equal(new TestCounts(4, 1, 2, 1), report.Counts);
        Assert.Equal(
            ("tests.test_a.TestA.test_x", "assert 1 == 2", "tests/test_a.py", 9),
            (report.Failures[0].Name, report.Failures[0].Message, report.Failures[0].File, report.Failures[0].Line)
        );
        Assert.Equal(
            ("com.example.FooTest.bar", "java.lang.IllegalStateException: boom", "com/example/FooTest.java", 12),
            (report.Failures[1].Name, report.Failures[1].Message, report.Failures[1].File, report.Failures[1].Line)
        );
    }

    [Fact]
    public void Go()
    {
        var report = TextReports.ReadGo(
            """
            {"Action":"run","Package":"example.com/m","Test":"TestA"}
            {"Action":"output","Package":"example.com/m","Test":"TestA","Output":"=== RUN   TestA\n"}
            {"Action":"output","Package":"example.com/m","Test":"TestA","Output":"    a_test.go:8: got 1, want 2\n"}
            {"Action":"output","Package":"example.com/m","Test":"TestA","Output":"--- FAIL: TestA (0.00s)\n"}
            {"Action":"fail","Package":"example.com/m","Test":"TestA","Elapsed":0}
            {"Action":"pass","Package":"example.com/m","Test":"TestB","Elapsed":0}
            {"Action":"skip","Package":"example.com/m","Test":"TestC","Elapsed":0}
            {"Action":"fail","Package":"example.com/m","Elapsed":0.01}
            """,
            TestContext.Current.CancellationToken
        )!;

        Assert.Equal(new TestCounts(3, 1, 1, 1), report.Counts);
        Assert.Equal(
            ("example.com/m.TestA", "a_test.go:8: got 1, want 2", "a_test.go", 8),
            (report.Failures[0].Name, report.Failures[0].Message, report.Failures[0].File, report.Failures[0].Line)
        );
    }

    [Fact]
    public void Cargo()
    {
        var report = TextReports.ReadCargo(
            """

            running 3 tests
            test tests::ok ... ok
            test tests::bad ... FAILED
            test tests::later ... ignored

            failures:

            ---- tests::bad stdout ----
            thread 'tests::bad' panicked at src/lib.rs:15:9:
            assertion `left == right` failed
              left: 1
             right: 2
            note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


            failures:
                tests::bad

            test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
            """.ReplaceLineEndings("\n"),
            TestContext.Current.CancellationToken
        )!;

        Assert.Equal(new TestCounts(3, 1, 1, 1), report.Counts);
        Assert.Equal(("tests::bad", "src/lib.rs", 15), (report.Failures[0].Name, report.Failures[0].File, report.Failures[0].Line));
        Assert.StartsWith("assertion `left == right` failed", report.Failures[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/workspace/src/A.cs(3,5): error CS1002: ; expected [/workspace/x.csproj]", "src/A.cs", 3, 5, "CS1002", "; expected")]
    [InlineData("src/a.ts(3,5): error TS1005: ';' expected.", "src/a.ts", 3, 5, "TS1005", "';' expected.")]
    [InlineData(
        "/workspace/x.csproj : error NU1101: Unable to find package X. [/workspace/x.sln]",
        "x.csproj",
        null,
        null,
        "NU1101",
        "Unable to find package X."
    )]
    [InlineData("src/main.c:3:5: error: expected ';'", "src/main.c", 3, 5, null, "expected ';'")]
    [InlineData(
        "src/main.rs:2:5: error[E0425]: cannot find value `x` in this scope",
        "src/main.rs",
        2,
        5,
        "E0425",
        "cannot find value `x` in this scope"
    )]
    [InlineData("./main.go:4:2: undefined: x", "main.go", 4, 2, null, "undefined: x")]
    [InlineData("[ERROR] /workspace/src/A.java:[3,5] ';' expected", "src/A.java", 3, 5, null, "';' expected")]
    [InlineData("A.java:3: error: ';' expected", "A.java", 3, null, null, "';' expected")]
    public void Errors_of_compilers(string line, string file, int? number, int? column, string? code, string message) =>
        Assert.Equal(
            new BuildError(file, number, column, code, message),
            Assert.Single(BuildErrors.Read($"before\n{line}\n{line}\nafter", TestContext.Current.CancellationToken))
        );

    [Theory]
    [InlineData("src/main.c:3:5: warning: unused variable")]
    [InlineData("/workspace/src/A.cs(3,5): warning CS0168: unused [/workspace/x.csproj]")]
    [InlineData("12:30:05 INFO starting")]
    [InlineData("note: see https://example.com:8080/a")]
    public void What_is_no_error(string line) => Assert.Empty(BuildErrors.Read(line, TestContext.Current.CancellationToken));

    private static TestReport? Read(string xml) =>
        XmlReports.Read(new MemoryStream(Encoding.UTF8.GetBytes(xml)), TestContext.Current.CancellationToken);
}
