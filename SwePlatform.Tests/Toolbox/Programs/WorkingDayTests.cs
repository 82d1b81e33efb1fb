using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox.Programs;

/// <summary>A day of an agent: find the defect, fix it, see the test turn green, commit. All without network.</summary>
public sealed class WorkingDayTests(Platform platform)
{
    [Fact]
    public async Task In_Python()
    {
        using var bench = await Workbench.CreateAsync(
            platform,
            platform
                .NewRepository()
                .Write("calc.py", "def add(a, b):\n    return a - b\n")
                .Write(
                    "test_calc.py",
                    """
                    import unittest
                    from calc import add

                    class AddTest(unittest.TestCase):
                        def test_sum(self):
                            self.assertEqual(3, add(1, 2))

                        def test_zero(self):
                            self.assertEqual(0, add(0, 0))

                        @unittest.skip('later')
                        def test_later(self):
                            pass

                    """
                )
                .Commit()
        );
        await ExpectBuildAsync(bench);

        var red = await bench.UseAsync("project.test", new { });
        Assert.Equal(("python", 3, 1, 1, 1), Counts(red));
        var failure = red["failures"]!.AsArray().Single()!;
        Assert.Contains("test_sum", (string)failure["name"]!, StringComparison.Ordinal);
        Assert.Contains("3 != -1", (string)failure["message"]!, StringComparison.Ordinal);
        Assert.Equal(("test_calc.py", 6), ((string)failure["file"]!, (int)failure["line"]!));

        Assert.Equal("calc.py", (string)(await bench.UseAsync("code.search", new { query = "return a - b" }))["matches"]![0]!["path"]!);
        await bench.UseAsync(
            "files.patch",
            new { patch = "--- a/calc.py\n+++ b/calc.py\n@@ -1,2 +1,2 @@\n def add(a, b):\n-    return a - b\n+    return a + b\n" }
        );

        var green = await bench.UseAsync("project.test", new { });
        Assert.True((bool)green["success"]!);
        Assert.Equal(("python", 3, 2, 0, 1), Counts(green));
        Assert.Equal("calc.py", (string)(await bench.DiffAsync())["files"]!.AsArray().Single()!["path"]!);
        Assert.Equal(1, (int)(await bench.UseAsync("git.commit", new { message = "Add instead of subtracting" }))["filesChanged"]!);

        await bench.WriteAsync("calc.py", "def add(a, b:\n    return a\n");
        var broken = await bench.UseAsync("project.build", new { });
        Assert.False((bool)broken["success"]!);
        Assert.Equal(("calc.py", 1, "SyntaxError"), Error(broken));
    }

    [Fact]
    public async Task In_Node()
    {
        using var bench = await Workbench.CreateAsync(
            platform,
            platform
                .NewRepository()
                .Write(
                    "package.json",
                    """{ "name": "calc", "version": "1.0.0", "scripts": { "test": "node --test", "build": "node --check add.js" } }"""
                )
                .Write("add.js", "module.exports = (a, b) => a - b;\n")
                .Write(
                    "add.test.js",
                    """
                    const { test } = require('node:test');
                    const assert = require('node:assert');
                    const add = require('./add');

                    test('adds', () => {
                      assert.strictEqual(add(1, 2), 3);
                    });
                    test('zero', () => assert.strictEqual(add(0, 0), 0));

                    """
                )
                .Commit()
        );
        await ExpectBuildAsync(bench);

        var red = await bench.UseAsync("project.test", new { });
        Assert.Equal(("node", 2, 1, 1, 0), Counts(red));
        var failure = red["failures"]!.AsArray().Single()!;
        Assert.Equal("adds", (string)failure["name"]!);
        Assert.Equal(("add.test.js", 6), ((string)failure["file"]!, (int)failure["line"]!));

        await bench.WriteAsync("add.js", "module.exports = (a, b) => a + b;\n");

        Assert.Equal(("node", 2, 2, 0, 0), Counts(await bench.UseAsync("project.test", new { })));
    }

    [Fact]
    public async Task In_DotNet()
    {
        await using var replica = platform.StartApi(("Tools:Sandbox:NuGetPackageFolders:0", TestPackages.Folder));
        using var bench = await Workbench.CreateAsync(
            platform,
            platform
                .NewRepository()
                .Write(".gitignore", "bin/\nobj/\n")
                .Write(
                    "Calc/Calc.csproj",
                    """
                    <Project Sdk="Microsoft.NET.Sdk">
                      <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
                    </Project>
                    """
                )
                .Write(
                    "Calc/Adder.cs",
                    "namespace Calc;\n\npublic static class Adder\n{\n    public static int Add(int a, int b) => a - b;\n}\n"
                )
                .Write(
                    "Calc.Tests/Calc.Tests.csproj",
                    $"""
                    <Project Sdk="Microsoft.NET.Sdk">
                      <PropertyGroup>
                        <TargetFramework>net10.0</TargetFramework>
                        <OutputType>Exe</OutputType>
                        <IsTestingPlatformApplication>false</IsTestingPlatformApplication>
                        <NuGetAudit>false</NuGetAudit>
                      </PropertyGroup>
                      <ItemGroup>{TestPackages.References}<ProjectReference Include="../Calc/Calc.csproj" /></ItemGroup>
                    </Project>
                    """
                )
                .Write(
                    "Calc.Tests/AdderTests.cs",
                    """
                    using Calc;
                    using Xunit;

                    public class AdderTests
                    {
                        [Fact]
                        public void Adds() => Assert.Equal(3, Adder.Add(1, 2));

                        [Fact]
                        public void Zero() => Assert.Equal(0, Adder.Add(0, 0));
                    }

                    """
                )
                .Commit(),
            replica.ClientOptions.BaseAddress
        );

        var red = await bench.UseAsync("project.test", new { path = "Calc.Tests" });
        Assert.Equal(("dotnet", 2, 1, 1, 0), Counts(red));
        var failure = red["failures"]!.AsArray().Single()!;
        Assert.Equal("AdderTests.Adds", (string)failure["name"]!);
        Assert.Equal(("Calc.Tests/AdderTests.cs", 7), ((string)failure["file"]!, (int)failure["line"]!));

        await bench.UseAsync(
            "files.patch",
            new
            {
                patch = """
                --- a/Calc/Adder.cs
                +++ b/Calc/Adder.cs
                @@ -5 +5 @@
                -    public static int Add(int a, int b) => a - b;
                +    public static int Add(int a, int b) => a + b

                """,
            }
        );
        var broken = await bench.UseAsync("project.build", new { path = "Calc" });
        Assert.Equal(("Calc/Adder.cs", 5, "CS1002"), Error(broken));

        await bench.WriteAsync(
            "Calc/Adder.cs",
            "namespace Calc;\n\npublic static class Adder\n{\n    public static int Add(int a, int b) => a + b;\n}\n"
        );
        Assert.Equal(("dotnet", 2, 2, 0, 0), Counts(await bench.UseAsync("project.test", new { path = "Calc.Tests" })));
        Assert.Equal(1, (int)(await bench.UseAsync("git.commit", new { message = "Add" }))["filesChanged"]!);
    }

    [Fact]
    public async Task In_DotNet_on_the_testing_platform()
    {
        await using var replica = platform.StartApi(("Tools:Sandbox:NuGetPackageFolders:0", TestPackages.Folder));
        using var bench = await Workbench.CreateAsync(
            platform,
            platform
                .NewRepository()
                .Write(".gitignore", "bin/\nobj/\n")
                .Write("global.json", """{ "test": { "runner": "Microsoft.Testing.Platform" } }""")
                .Write(
                    "Calc.Tests/Calc.Tests.csproj",
                    $"""
                    <Project Sdk="Microsoft.NET.Sdk">
                      <PropertyGroup>
                        <TargetFramework>net10.0</TargetFramework>
                        <OutputType>Exe</OutputType>
                        <NuGetAudit>false</NuGetAudit>
                      </PropertyGroup>
                      <ItemGroup>{TestPackages.References}</ItemGroup>
                    </Project>
                    """
                )
                .Write(
                    "Calc.Tests/AdderTests.cs",
                    """
                    using Xunit;

                    public class AdderTests
                    {
                        [Fact]
                        public void Adds() => Assert.Equal(3, 1 - 2);

                        [Fact]
                        public void Zero() => Assert.Equal(0, 0);
                    }

                    """
                )
                .Commit(),
            replica.ClientOptions.BaseAddress
        );

        var red = await bench.UseAsync("project.test", new { path = "Calc.Tests" });
        Assert.Equal(("dotnet", 2, 1, 1, 0), Counts(red));
        Assert.Equal("AdderTests.Adds", (string)red["failures"]!.AsArray().Single()!["name"]!);
        Assert.Equal(
            ("dotnet", 1, 1, 0, 0),
            Counts(await bench.UseAsync("project.test", new { path = "Calc.Tests", filter = "FullyQualifiedName~Zero" }))
        );

        await bench.WriteAsync("Calc.Tests/Calc.Tests.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"></Project>");
        Assert.Contains(
            "Microsoft.Testing.Extensions.TrxReport",
            (await bench.FailAsync("project.test", new { path = "Calc.Tests" })).Message,
            StringComparison.Ordinal
        );
    }

    private static async Task ExpectBuildAsync(Workbench bench)
    {
        var build = await bench.UseAsync("project.build", new { });
        Assert.True((bool)build["success"]!, build.ToJsonString());
    }

    private static (string, int, int, int, int) Counts(JsonNode result)
    {
        Assert.True(result["counts"] is not null, result.ToJsonString());
        var counts = result["counts"]!;
        return (
            (string)result["ecosystem"]!,
            (int)counts["total"]!,
            (int)counts["passed"]!,
            (int)counts["failed"]!,
            (int)counts["skipped"]!
        );
    }

    private static (string, int, string) Error(JsonNode result)
    {
        Assert.True(result["errors"]!.AsArray().Count > 0, result.ToJsonString());
        var error = result["errors"]![0]!;
        return ((string)error["file"]!, (int)error["line"]!, (string)error["code"]!);
    }
}
