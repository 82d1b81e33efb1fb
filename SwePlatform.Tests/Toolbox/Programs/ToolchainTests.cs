using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox.Programs;

/// <summary>Builds and tests by each toolchain that this machine has: red, green, and with an error of the compiler.</summary>
public sealed class ToolchainTests(Platform platform)
{
    private const string JavaSource =
        "package com.example;\n\npublic final class Adder {\n    public static int add(int a, int b) {\n        return a - b;\n    }\n}\n";
    private const string JavaTest = """
        package com.example;

        import static org.junit.Assert.assertEquals;
        import org.junit.Ignore;
        import org.junit.Test;

        public class AdderTest {
            @Test
            public void sums() {
                assertEquals(3, Adder.add(1, 2));
            }

            @Test
            public void zero() {
                assertEquals(0, Adder.add(0, 0));
            }

            @Ignore("later")
            @Test
            public void later() {}
        }

        """;
    private const string JavaFile = "src/main/java/com/example/Adder.java";

    [Fact]
    public async Task Pytest()
    {
        using var bench = await Workbench.CreateAsync(
            platform,
            platform
                .NewRepository()
                .Write("calc.py", "def add(a, b):\n    return a - b\n")
                .Write(
                    "tests/test_calc.py",
                    """
                    import pytest
                    from calc import add


                    def test_sum():
                        assert add(1, 2) == 3


                    @pytest.mark.parametrize('x', [0, 1])
                    def test_zero(x):
                        assert add(x, 0) == x


                    @pytest.mark.skip(reason='later')
                    def test_later():
                        pass

                    """
                )
                .Write("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = ['.']\n")
                .Commit()
        );
        Assert.SkipUnless(
            (await bench.ShellAsync("python3 -c 'import pytest' || /usr/bin/python3 -c 'import pytest'")).ExitCode == 0,
            "pytest is not installed (Debian: python3-pytest)."
        );

        await ExpectAsync(bench, "python", (4, 2, 1, 1), "tests.test_calc.test_sum", "tests/test_calc.py", 6);
        Assert.Equal(2, (int)(await bench.UseAsync("project.test", new { filter = "zero" }))["counts"]!["total"]!);
        await ExpectGreenAsync(bench, "calc.py", "def add(a, b):\n    return a + b\n");
    }

    [Fact]
    public async Task Unittest_in_a_folder_that_is_no_package()
    {
        using var bench = await Workbench.CreateAsync(
            platform,
            platform
                .NewRepository()
                .Write("calc.py", "def add(a, b):\n    return a - b\n")
                .Write(
                    "tests/test_calc.py",
                    """
                    import unittest
                    from calc import add


                    class AddTest(unittest.TestCase):
                        def test_sum(self):
                            self.assertEqual(3, add(1, 2))

                    """
                )
                .Commit()
        );

        var red = await bench.UseAsync("project.test", new { });
        Assert.Equal((1, 0, 1, 0), Counts(red));
        Assert.Equal(("tests/test_calc.py", 7), Place(red["failures"]![0]!));
    }

    [Fact]
    public async Task Go()
    {
        using var bench = await Workbench.CreateAsync(
            platform,
            platform
                .NewRepository()
                .Write("service/go.mod", "module example.com/calc\n\ngo 1.19\n")
                .Write("service/sums/calc.go", "package sums\n\nfunc Add(a, b int) int {\n\treturn a - b\n}\n")
                .Write(
                    "service/sums/calc_test.go",
                    """
                    package sums

                    import "testing"

                    func TestSum(t *testing.T) {
                    	if got := Add(1, 2); got != 3 {
                    		t.Errorf("Add(1, 2) = %d, want 3", got)
                    	}
                    }

                    func TestZero(t *testing.T) {}

                    func TestLater(t *testing.T) { t.Skip("later") }

                    """
                )
                .Commit()
        );
        await SkipWithoutAsync(bench, "go version", "golang-go");

        await ExpectAsync(bench, "go", (3, 1, 1, 1), "example.com/calc/sums.TestSum", "service/sums/calc_test.go", 7);
        var green = await ExpectGreenAsync(bench, "service/sums/calc.go", "package sums\n\nfunc Add(a, b int) int {\n\treturn a + b\n}\n");
        Assert.Contains("--- SKIP: TestLater", (string)green["output"]!, StringComparison.Ordinal);
        await ExpectErrorAsync(
            bench,
            "service/sums/calc.go",
            "package sums\n\nfunc Add(a, b int) int {\n\treturn a + c\n}\n",
            4,
            "undefined: c"
        );
    }

    [Fact]
    public async Task Rust()
    {
        const string source = """
            pub fn add(a: i32, b: i32) -> i32 {
                a - b
            }

            #[cfg(test)]
            mod tests {
                use super::*;
                #[test]
                fn sum() {
                    assert_eq!(add(1, 2), 3);
                }
                #[test]
                fn zero() {
                    assert_eq!(add(0, 0), 0);
                }
                #[test]
                #[ignore]
                fn later() {}
            }

            """;
        using var bench = await Workbench.CreateAsync(
            platform,
            platform
                .NewRepository()
                .Write("Cargo.toml", "[package]\nname = \"calc\"\nversion = \"0.1.0\"\nedition = \"2021\"\n")
                .Write("src/lib.rs", source)
                .Commit()
        );
        await SkipWithoutAsync(bench, "cargo --version && cc --version", "cargo, gcc");

        await ExpectAsync(bench, "rust", (3, 1, 1, 1), "tests::sum", "src/lib.rs", 10);
        await ExpectGreenAsync(bench, "src/lib.rs", source.Replace("a - b", "a + b", StringComparison.Ordinal));
        await ExpectErrorAsync(bench, "src/lib.rs", source.Replace("a - b", "a - c", StringComparison.Ordinal), 2, "cannot find value `c`");
    }

    [Fact]
    public async Task Maven()
    {
        string[] names = ["compiler", "resources", "jar", "surefire"];
        const string plugins = "/usr/share/maven-repo/org/apache/maven/plugins";
        Assert.SkipUnless(
            names.All(name => Directory.Exists($"{plugins}/maven-{name}-plugin")) && Directory.Exists("/usr/share/maven-repo/junit/junit"),
            "Maven's plugins are not installed (Debian: maven junit4 libsurefire-java libmaven-compiler-plugin-java "
                + "libmaven-resources-plugin-java libmaven-jar-plugin-java)."
        );
        var versions = string.Concat(
            names.Select(name =>
            {
                var newest = Directory
                    .GetDirectories($"{plugins}/maven-{name}-plugin")
                    .Select(Path.GetFileName)
                    .Where(version => char.IsAsciiDigit(version![0]))
                    .MaxBy(Version.Parse!);
                return $"<plugin><artifactId>maven-{name}-plugin</artifactId><version>{newest}</version></plugin>";
            })
        );
        using var bench = await Workbench.CreateAsync(
            platform,
            platform
                .NewRepository()
                .Write(JavaFile, JavaSource)
                .Write("src/test/java/com/example/AdderTest.java", JavaTest)
                .Write(".mvn/maven.config", "-Dmaven.repo.local=/usr/share/maven-repo\n")
                .Write(
                    "pom.xml",
                    $"""
                    <project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
                      <groupId>com.example</groupId><artifactId>calc</artifactId><version>1.0</version>
                      <properties>
                        <maven.compiler.source>17</maven.compiler.source>
                        <maven.compiler.target>17</maven.compiler.target>
                        <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                      </properties>
                      <dependencies><dependency>
                        <groupId>junit</groupId><artifactId>junit</artifactId><version>4.13.2</version><scope>test</scope>
                      </dependency></dependencies>
                      <build><plugins>{versions}</plugins></build>
                    </project>
                    """
                )
                .Commit()
        );
        await SkipWithoutAsync(bench, "mvn -version", "maven");
        await ExpectJavaAsync(bench);
    }

    [Fact]
    public async Task Gradle()
    {
        using var bench = await Workbench.CreateAsync(
            platform,
            platform
                .NewRepository()
                .Write(JavaFile, JavaSource)
                .Write("src/test/java/com/example/AdderTest.java", JavaTest)
                .Write("settings.gradle", "rootProject.name = 'calc'\n")
                .Write(
                    "build.gradle",
                    "apply plugin: 'java'\nrepositories { flatDir { dirs '/usr/share/java' } }\n"
                        + "dependencies { testCompile ':junit4:', ':hamcrest-core:' }\n"
                )
                .Commit()
        );
        await SkipWithoutAsync(bench, "gradle --version | grep 'Gradle 4' && ls /usr/share/java/junit4.jar", "gradle junit4");
        await ExpectJavaAsync(bench);
        // Nothing has changed since, and they are run all the same.
        Assert.Equal((3, 2, 0, 1), Counts(await bench.UseAsync("project.test", new { })));
    }

    [Fact]
    public async Task A_repository_of_two_languages()
    {
        using var bench = await Workbench.CreateAsync(
            platform,
            platform
                .NewRepository()
                .Write("package.json", """{ "devDependencies": { "prettier": "*" } }""")
                .Write("setup.py", "")
                .Write("test_a.py", "import unittest\n\nclass A(unittest.TestCase):\n    def test_a(self):\n        pass\n")
                .Write("web/package.json", """{ "scripts": { "test": "jest" }, "devDependencies": { "jest": "*" } }""")
                .Commit()
        );

        var result = await bench.UseAsync("project.test", new { });
        Assert.Equal((1, 1, 0, 0), Counts(result));
        Assert.Equal(("python", "node"), ((string)result["ecosystem"]!, (string)result["others"]!.AsArray().Single()!["ecosystem"]!));
        Assert.Contains("npm", (await bench.FailAsync("project.test", new { path = "web" })).Message, StringComparison.Ordinal);
    }

    private static async Task SkipWithoutAsync(Workbench bench, string probe, string packages) =>
        Assert.SkipUnless((await bench.ShellAsync(probe)).ExitCode == 0, $"The toolchain is not installed (Debian: {packages}).");

    private static async Task ExpectJavaAsync(Workbench bench)
    {
        await ExpectAsync(bench, "java", (3, 1, 1, 1), "com.example.AdderTest.sums", "src/test/java/com/example/AdderTest.java", 10);
        await ExpectErrorAsync(bench, JavaFile, JavaSource.Replace("a - b", "a + c", StringComparison.Ordinal), 5, "cannot find symbol");
        await ExpectGreenAsync(bench, JavaFile, JavaSource.Replace("a - b", "a + b", StringComparison.Ordinal));
    }

    private static async Task ExpectAsync(
        Workbench bench,
        string ecosystem,
        (int, int, int, int) counts,
        string name,
        string file,
        int line
    )
    {
        var red = await bench.UseAsync("project.test", new { });
        Assert.Equal((ecosystem, false, counts), ((string)red["ecosystem"]!, (bool)red["success"]!, Counts(red)));
        var failure = red["failures"]!.AsArray().Single()!;
        Assert.Equal((name, (file, line)), ((string)failure["name"]!, Place(failure)));
        Assert.NotEmpty((string)failure["message"]!);
    }

    private static async Task<JsonNode> ExpectGreenAsync(Workbench bench, string file, string content)
    {
        await bench.WriteAsync(file, content);
        var build = await bench.UseAsync("project.build", new { });
        Assert.True((bool)build["success"]!, build.ToJsonString());
        var green = await bench.UseAsync("project.test", new { });
        Assert.True(
            (bool)green["success"]! && (int)green["counts"]!["failed"]! == 0 && (int)green["counts"]!["passed"]! > 1,
            green.ToJsonString()
        );
        return green;
    }

    private static async Task ExpectErrorAsync(Workbench bench, string file, string content, int line, string message)
    {
        await bench.WriteAsync(file, content);
        foreach (var tool in new[] { "project.build", "project.test" })
        {
            var broken = await bench.UseAsync(tool, new { });
            Assert.True(broken["errors"]!.AsArray().Count > 0, broken.ToJsonString());
            Assert.Equal((file, line), Place(broken["errors"]![0]!));
            Assert.Contains(message, (string)broken["errors"]![0]!["message"]!, StringComparison.Ordinal);
        }
    }

    private static (string?, int?) Place(JsonNode found) => ((string?)found["file"], (int?)found["line"]);

    private static (int, int, int, int) Counts(JsonNode result)
    {
        Assert.True(result["counts"] is not null, result.ToJsonString());
        var counts = result["counts"]!;
        return ((int)counts["total"]!, (int)counts["passed"]!, (int)counts["failed"]!, (int)counts["skipped"]!);
    }
}
