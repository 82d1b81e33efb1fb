using System.Text;
using SwePlatform.Api.Toolbox.Programs;
using Xunit;

namespace SwePlatform.Tests.Toolbox.Programs;

/// <summary>Reports as the runners themselves wrote them.</summary>
public sealed class RecordedReportTests
{
    [Fact]
    public void Jest()
    {
        var report = JestReports.Read(
            Stream(
                """
                {
                 "numFailedTestSuites": 1,
                 "numFailedTests": 1,
                 "numPassedTestSuites": 0,
                 "numPassedTests": 1,
                 "numPendingTestSuites": 0,
                 "numPendingTests": 1,
                 "numRuntimeErrorTestSuites": 0,
                 "numTodoTests": 0,
                 "numTotalTestSuites": 1,
                 "numTotalTests": 3,
                 "openHandles": [],
                 "snapshot": {
                  "added": 0,
                  "didUpdate": false,
                  "failure": false,
                  "filesAdded": 0,
                  "filesRemoved": 0,
                  "filesRemovedList": [],
                  "filesUnmatched": 0,
                  "filesUpdated": 0,
                  "matched": 0,
                  "total": 0,
                  "unchecked": 0,
                  "uncheckedKeysByFile": [],
                  "unmatched": 0,
                  "updated": 0
                 },
                 "startTime": 1795459948062,
                 "success": false,
                 "testResults": [
                  {
                   "assertionResults": [
                    {
                     "ancestorTitles": [
                      "add"
                     ],
                     "duration": 3,
                     "failing": false,
                     "failureDetails": [
                      {
                       "matcherResult": {
                        "actual": -1,
                        "expected": 3,
                        "message": "expect(received).toBe(expected) // Object.is equality\n\nExpected: 3\nReceived: -1",
                        "name": "toBe",
                        "pass": false
                       }
                      }
                     ],
                     "failureMessages": [
                      "Error: expect(received).toBe(expected) // Object.is equality\n\nExpected: 3\nReceived: -1\n    at Object.toBe (/workspace/test/add.test.js:5:23)\n    at Promise.finally.completed (/workspace/node_modules/jest-circus/build/jestAdapterInit.js:1834:28)"
                     ],
                     "fullName": "add sums",
                     "invocations": 1,
                     "location": null,
                     "numPassingAsserts": 0,
                     "retryMessages": [],
                     "retryReasons": [],
                     "status": "failed",
                     "title": "sums",
                     "startAt": 1795459948320
                    },
                    {
                     "ancestorTitles": [
                      "add"
                     ],
                     "duration": 3,
                     "failing": false,
                     "failureDetails": [],
                     "failureMessages": [],
                     "fullName": "add zero",
                     "invocations": 1,
                     "location": null,
                     "numPassingAsserts": 0,
                     "retryMessages": [],
                     "retryReasons": [],
                     "status": "passed",
                     "title": "zero",
                     "startAt": 1795459948325
                    },
                    {
                     "ancestorTitles": [
                      "add"
                     ],
                     "duration": null,
                     "failing": false,
                     "failureDetails": [],
                     "failureMessages": [],
                     "fullName": "add later",
                     "invocations": 1,
                     "location": null,
                     "numPassingAsserts": 0,
                     "retryMessages": [],
                     "retryReasons": [],
                     "status": "pending",
                     "title": "later",
                     "startAt": 1795459948328
                    }
                   ],
                   "endTime": 1795459948338,
                   "message": "  ● add › sums\n\n    expect(received).toBe(expected) // Object.is equality\n\n    Expected: 3\n    Received: -1\n\n      3 | describe('add', () => {\n      4 |   test('sums', () => {\n    > 5 |     expect(add(1, 2)).toBe(3);\n        |                       ^\n      6 |   });\n      7 |   test('zero', () => {});\n      8 |   test.skip('later', () => {});\n\n      at Object.toBe (test/add.test.js:5:23)\n",
                   "name": "/workspace/test/add.test.js",
                   "startTime": 1795459948137,
                   "status": "failed",
                   "summary": ""
                  }
                 ],
                 "wasInterrupted": false
                }
                """
            ),
            TestContext.Current.CancellationToken
        )!;

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
        var report = XmlReports.Read(
            Stream(
                """
                <testsuite name="Mocha Tests" tests="3" failures="0" errors="1" skipped="1" timestamp="Mon, 23 Nov 2026 18:52:31 GMT" time="0.004">
                <testcase classname="add" name="sums" file="/workspace/test/add.js" time="0.001"><failure>Expected values to be strictly equal:

                -1 !== 3


                      + expected - actual

                      --1
                      +3
                      
                AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

                -1 !== 3

                    at Context.&#x3C;anonymous&#x3E; (test/add.js:5:12)
                    at process.processImmediate (node:internal/timers:483:21)</failure></testcase>
                <testcase classname="add" name="zero" file="/workspace/test/add.js" time="0"/>
                <testcase classname="add" name="later" file="/workspace/test/add.js" time="0"><skipped/></testcase>
                </testsuite>
                """
            ),
            TestContext.Current.CancellationToken
        )!;

        Assert.Equal(new TestCounts(3, 1, 1, 1), report.Counts);
        Expect(report.Failures.Single(), "add.sums", "Expected values to be strictly equal:\n\n-1 !== 3", "test/add.js", 5);
    }

    [Fact]
    public void Vitest()
    {
        var report = XmlReports.Read(
            Stream(
                """
                <?xml version="1.0" encoding="UTF-8" ?>
                <testsuites name="vitest tests" tests="3" failures="1" errors="0" time="0.010944135">
                    <testsuite name="test/add.test.js" timestamp="2026-11-23T18:52:37.309Z" hostname="sandbox" tests="3" failures="1" errors="0" skipped="1" time="0.010944135">
                        <testcase classname="test/add.test.js" name="add &gt; sums" time="0.00825078">
                            <failure message="expected -1 to be 3 // Object.is equality" type="AssertionError">
                AssertionError: expected -1 to be 3 // Object.is equality

                - Expected
                + Received

                - 3
                + -1

                 ❯ test/add.test.js:6:23
                            </failure>
                        </testcase>
                        <testcase classname="test/add.test.js" name="add &gt; zero" time="0.000332376">
                        </testcase>
                        <testcase classname="test/add.test.js" name="add &gt; later" time="0">
                            <skipped/>
                        </testcase>
                    </testsuite>
                </testsuites>
                """
            ),
            TestContext.Current.CancellationToken
        )!;

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
        var report = XmlReports.Read(
            Stream(
                """
                <?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="5" time="0.031" timestamp="2026-11-23T18:52:37.588042" hostname="sandbox"><testcase classname="tests.test_calc" name="test_sum" time="0.001"><failure message="assert -1 == 3&#10; +  where -1 = add(1, 2)">def test_sum():
                &gt;       assert add(1, 2) == 3
                E       assert -1 == 3
                E        +  where -1 = add(1, 2)

                tests/test_calc.py:5: AssertionError</failure></testcase><testcase classname="tests.test_calc" name="test_zero[0]" time="0.001" /><testcase classname="tests.test_calc" name="test_zero[1]" time="0.000" /><testcase classname="tests.test_calc" name="test_later" time="0.000"><skipped type="pytest.skip" message="later">/workspace/tests/test_calc.py:11: later</skipped></testcase><testcase classname="tests.test_calc.TestX" name="test_err" time="0.000"><error message="failed on setup with &quot;file /workspace/tests/test_calc.py, line 16&#10;      def test_err(self, nofixture):&#10;E       fixture 'nofixture' not found&#10;&gt;       available fixtures: capfd, capfdbinary, caplog, capsys, capsysbinary, doctest_namespace, monkeypatch, pytestconfig, record_property, record_testsuite_property, record_xml_attribute, recwarn, tmp_path, tmp_path_factory, tmpdir, tmpdir_factory&#10;&gt;       use 'pytest --fixtures [testpath]' for help on them.&#10;&#10;/workspace/tests/test_calc.py:16&quot;">file /workspace/tests/test_calc.py, line 16
                      def test_err(self, nofixture):
                E       fixture 'nofixture' not found
                &gt;       available fixtures: capfd, capfdbinary, caplog, capsys, capsysbinary, doctest_namespace, monkeypatch, pytestconfig, record_property, record_testsuite_property, record_xml_attribute, recwarn, tmp_path, tmp_path_factory, tmpdir, tmpdir_factory
                &gt;       use 'pytest --fixtures [testpath]' for help on them.

                /workspace/tests/test_calc.py:16</error></testcase></testsuite></testsuites>
                """
            ),
            TestContext.Current.CancellationToken
        )!;

        Assert.Equal(new TestCounts(5, 2, 2, 1), report.Counts);
        Expect(report.Failures[0], "tests.test_calc.test_sum", "assert -1 == 3\n +  where -1 = add(1, 2)", "tests/test_calc.py", 5);
        Assert.StartsWith("failed on setup", report.Failures[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Surefire()
    {
        var report = XmlReports.Read(
            Stream(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd" name="com.example.AdderTest" time="0.118" tests="3" errors="0" skipped="1" failures="1">
                  <properties>
                  </properties>
                  <testcase name="sums" classname="com.example.AdderTest" time="0.011">
                    <failure message="expected:&lt;3&gt; but was:&lt;-1&gt;" type="java.lang.AssertionError"><![CDATA[java.lang.AssertionError: expected:<3> but was:<-1>
                	at com.example.AdderTest.sums(AdderTest.java:10)
                ]]></failure>
                  </testcase>
                  <testcase name="zero" classname="com.example.AdderTest" time="0.001"/>
                  <testcase name="later" classname="com.example.AdderTest" time="0">
                    <skipped message="later"/>
                  </testcase>
                </testsuite>
                """
            ),
            TestContext.Current.CancellationToken
        )!;

        Assert.Equal(new TestCounts(3, 1, 1, 1), report.Counts);
        Expect(report.Failures.Single(), "com.example.AdderTest.sums", "expected:<3> but was:<-1>", "com/example/AdderTest.java", 10);
    }

    [Fact]
    public void Cargo_with_a_backtrace_and_a_documentation_test()
    {
        var report = TextReports.ReadCargo(
            """

            running 3 tests
            test tests::later ... ignored
            test tests::zero ... ok
            test tests::sum ... FAILED

            failures:

            ---- tests::sum stdout ----

            thread 'tests::sum' (28141) panicked at src/lib.rs:13:9:
            assertion `left == right` failed
              left: -1
             right: 3
            stack backtrace:
               0: __rustc::rust_begin_unwind
                         at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/panicking.rs:689:5
               1: core::panicking::panic_fmt
                         at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:80:14
               2: core::panicking::assert_failed_inner
                         at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:439:17
               3: core::panicking::assert_failed::<i32, i32>
                         at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:394:5
               4: calc::tests::sum
                         at ./src/lib.rs:13:9
               5: calc::tests::sum::{{closure}}
                         at ./src/lib.rs:12:13
               6: core::ops::function::FnOnce::call_once
                         at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/ops/function.rs:250:5
               7: <fn() -> core::result::Result<(), alloc::string::String> as core::ops::function::FnOnce<()>>::call_once
                         at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/ops/function.rs:250:5
            note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.


            failures:
                tests::sum

            test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.14s


            running 1 test
            test src/lib.rs - (line 1) ... ok

            test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.14s
            """.ReplaceLineEndings("\n"),
            TestContext.Current.CancellationToken
        )!;

        Assert.Equal(new TestCounts(4, 2, 1, 1), report.Counts);
        Expect(report.Failures.Single(), "tests::sum", "assertion `left == right` failed\n  left: -1\n right: 3", "src/lib.rs", 13);
    }

    [Theory]
    [InlineData(
        "/workspace/add.js:1\nmodule.exports = (a, b => a + b;\n                 ^\n\nSyntaxError: Invalid destructuring assignment target\n    at wrapSafe (node:internal:1)",
        "add.js",
        1,
        "SyntaxError: Invalid destructuring assignment target"
    )]
    [InlineData(
        " Exception during run: /workspace/add.js:1\nmodule.exports = (a, b => a + b;\n\nSyntaxError: Unexpected token ';'\n    at wrapSafe (node:internal:1)",
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
        var report = XmlReports.Read(
            Stream(
                """
                <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results><UnitTestResult testId="1" testName="Adds" outcome="Failed"><Output><ErrorInfo><Message>no</Message><StackTrace>   at T.Adds() in /workspace/Calc.Tests/T.cs:line 7</StackTrace></ErrorInfo></Output></UnitTestResult></Results>
                <TestDefinitions><UnitTest name="Adds" id="1"><TestMethod className="Ns.T" name="Adds" /></UnitTest></TestDefinitions></TestRun>
                """
            ),
            TestContext.Current.CancellationToken
        )!;

        Expect(report.Failures.Single(), "Ns.T.Adds", "no", "Calc.Tests/T.cs", 7);
    }

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")));

    private static void Expect(TestFailure failure, string name, string message, string file, int line) =>
        Assert.Equal((name, message, file, line), (failure.Name, failure.Message, failure.File, failure.Line));
}
