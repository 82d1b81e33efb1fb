using System.Text.Json.Nodes;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

public sealed class CodeInsightTests(Platform platform)
{
    [Fact]
    public async Task An_outline_names_types_and_members_with_their_lines()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(
            platform
                .NewRepository()
                .Write(
                    "src/a.cs",
                    """
                    namespace N;

                    /// <summary>One.</summary>
                    [Obsolete]
                    public sealed class Outer<T> : IThing
                        where T : class
                    {
                        public const int Limit = 3;
                        private int _a, _b;

                        public string Name { get; set; } = "";

                        public Outer(int x) { }

                        public async Task<int> RunAsync(
                            string text,
                            int count)
                        {
                            int Local() => 1;
                            return await Task.FromResult(Local());
                        }

                        private enum Inner { A, B }
                    }

                    public record Point(int X, int Y);
                    """
                )
                .Write("b.py", "class X: pass\n")
                .Commit()
                .Folder
        );

        var file = (await client.RunAsync("code.outline", project, new { path = "src/a.cs" }))["files"]!.AsArray().Single()!;
        var named = await client.RunAsync("code.outline", project, new { path = ".", name = "runasync" });

        Assert.Equal(
            [
                "class Outer 4-24",
                "constant Outer.Limit 8-8",
                "field Outer._a 9-9",
                "field Outer._b 9-9",
                "property Outer.Name 11-11",
                "constructor Outer.Outer 13-13",
                "method Outer.RunAsync 15-21",
                "enum Outer.Inner 23-23",
                "record Point 26-26",
            ],
            file["symbols"]!.AsArray().Select(symbol => $"{symbol!["kind"]} {symbol["name"]} {symbol["startLine"]}-{symbol["endLine"]}")
        );
        Assert.Equal("public sealed class Outer<T> : IThing where T : class", (string)file["symbols"]![0]!["signature"]!);
        Assert.Equal("public async Task<int> RunAsync( string text, int count)", (string)file["symbols"]![6]!["signature"]!);
        Assert.Equal("Outer.RunAsync", (string)named["files"]!.AsArray().Single()!["symbols"]!.AsArray().Single()!["name"]!);
        Assert.Contains("C#", named["languagesCovered"]!.AsArray().Select(language => (string)language!));
    }

    [Fact]
    public async Task Other_languages_are_outlined_without_obeying_the_repository()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(
            platform
                .NewRepository()
                .Write("a.py", "class A:\n    def f(self, x):\n        return x\n")
                .Write("web/b.tsx", "export class B {\n  run(x: number): string {\n    return '';\n  }\n}\n")
                .Write("c.go", "package c\n\nfunc Run(x int) error {\n\treturn nil\n}\n")
                .Write("empty.rs", "")
                .Write(".ctags.d/evil.ctags", "--langdef=Evil\n--map-Python=-.py\n")
                .Write(".ctags", "--languages=-Python\n")
                .Commit()
                .Folder
        );

        var result = await client.RunAsync("code.outline", project, new { path = "." });

        Assert.Equal(
            [
                "a.py class A 1: class A:",
                "a.py member A.f 2: def f(self, x):",
                "c.go func c.Run 3: func Run(x int) error",
                "web/b.tsx class B 1: export class B",
                "web/b.tsx method B.run 2: run(x: number): string",
            ],
            result["files"]!
                .AsArray()
                .SelectMany(file =>
                    file!["symbols"]!
                        .AsArray()
                        .Where(symbol => (string)symbol!["kind"]! != "package")
                        .Select(symbol => $"{file["path"]} {symbol!["kind"]} {symbol["name"]} {symbol["startLine"]}: {symbol["signature"]}")
                )
        );
        Assert.Equal(3, (int)result["files"]![0]!["symbols"]![0]!["endLine"]!);
        Assert.Contains("Python", result["languagesCovered"]!.AsArray().Select(language => (string)language!));
    }

    [Fact]
    public async Task Duplicated_blocks_are_found_whole_whatever_their_indentation()
    {
        using var client = await platform.NewMemberAsync();
        var block = string.Concat(Enumerable.Range(1, 10).Select(line => $"call_number_{line}();\n{(line == 5 ? "\n{\n" : "")}"));
        var indented = string.Concat(block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"\t\t{line}\n"));
        var project = await client.AddProjectAsync(
            platform
                .NewRepository()
                .Write("a.js", "only_a();\n" + block + "end_a();\n")
                .Write("b.js", "only_b();\nmore();\n" + indented + "end_b();\n")
                .Write("c.js", block[..60] + "\nother();\n")
                .Write("repeat.js", string.Concat(Enumerable.Repeat("same_line();\n", 30)))
                .Write("a.unknown", block)
                .Commit()
                .Folder
        );

        var blocks = (await client.RunAsync("code.duplicates", project, new { exclude = new[] { "repeat.js" } }))["duplicates"]!.AsArray();
        var none = (await client.RunAsync("code.duplicates", project, new { minLines = 11, exclude = new[] { "repeat.js" } }))[
            "duplicates"
        ]!.AsArray();
        var repeated = (await client.RunAsync("code.duplicates", project, new { include = new[] { "repeat.js" } }))[
            "duplicates"
        ]!.AsArray();

        Assert.Equal(10, (int)blocks.Single()!["lines"]!);
        Assert.Equal(["a.js 2-13", "b.js 3-13"], Occurrences(blocks.Single()!));
        Assert.Empty(none);
        Assert.All(repeated, found => Assert.True(Occurrences(found!).Count() > 1));
    }

    [Fact]
    public async Task Hotspots_are_large_files_that_change_often()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform
            .NewRepository()
            .Write("large-calm.txt", Lines(100, 0))
            .Write("small-busy.txt", "0\n")
            .Write("large-busy.txt", Lines(100, 0))
            .Commit();
        for (var change = 1; change <= 5; change++)
        {
            repository.Write("small-busy.txt", $"{change}\n").Write("large-busy.txt", Lines(100, change)).Commit();
        }
        var project = await client.AddProjectAsync(repository.Folder);

        var result = await client.RunAsync("code.hotspots", project, new { days = 30 });
        var files = result["files"]!.AsArray();

        Assert.Equal(["large-busy.txt", "large-calm.txt", "small-busy.txt"], files.Select(file => (string)file!["path"]!));
        Assert.Equal(
            (6, 1, 100, 1.0),
            ((int)files[0]!["commits"]!, (int)files[0]!["authors"]!, (int)files[0]!["lines"]!, (double)files[0]!["score"]!)
        );
        Assert.Equal(6, (int)result["commitsRead"]!);
    }

    [Fact]
    public async Task Dependencies_are_read_from_every_kind_of_manifest()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(
            platform
                .NewRepository()
                .Write(
                    "src/a.csproj",
                    "<Project><ItemGroup><PackageReference Include=\"xunit\" Version=\"2.9.0\"/><PackageReference "
                        + "Include=\"Analyzer\" PrivateAssets=\"all\"><Version>1.0</Version></PackageReference></ItemGroup>"
                        + "</Project>"
                )
                .Write(
                    "Directory.Packages.props",
                    "<Project><ItemGroup><PackageVersion Include=\"Central\" Version=\"3.1\"/></ItemGroup></Project>"
                )
                .Write("Directory.Build.props", "<Project/>")
                .Write(
                    "web/package.json",
                    "{\"dependencies\":{\"react\":\"^19.0.0\"},\"devDependencies\":{\"vite\":\"~7\"},\"scripts\":{}}"
                )
                .Write("requirements-dev.txt", "# comment\nrequests[socks]>=2.0,<3 ; python_version > '3.8'\n-r other.txt\nflask # web\n")
                .Write(
                    "pyproject.toml",
                    """
                    [project]
                    dependencies = ["httpx>=0.27"]
                    [project.optional-dependencies]
                    cli = ["rich"]
                    [tool.poetry.dependencies]
                    python = "^3.11"

                    """
                )
                .Write(
                    "go.mod",
                    "module x\n\ngo 1.22\n\nrequire github.com/one/a v1.2.3\nrequire (\n\tgithub.com/two/b v0.1.0 // indirect\n)\n"
                )
                .Write(
                    "Cargo.toml",
                    """
                    [package]
                    name = "x"
                    [dependencies]
                    serde = { version = "1", features = ["derive"] }
                    log = "0.4"
                    [dev-dependencies]
                    rand = "0.8"

                    """
                )
                .Write(
                    "pom.xml",
                    "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><properties><v>5.1</v></properties><dependencies>"
                        + "<dependency><groupId>org.junit</groupId><artifactId>junit</artifactId><version>${v}</version><scope>"
                        + "test</scope></dependency></dependencies></project>"
                )
                .Write(
                    "evil/pom.xml",
                    "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><project><dependencies><dependency><groupId>&e;"
                        + "</groupId></dependency></dependencies></project>"
                )
                .Write("broken/package.json", "{")
                .Commit()
                .Folder
        );

        var manifests = (await client.RunAsync("deps.list", project))["manifests"]!.AsArray();

        var found = manifests.SelectMany(manifest =>
            manifest!["dependencies"]!
                .AsArray()
                .Select(dependency => $"{manifest["ecosystem"]} {dependency!["name"]} {dependency["version"]} {dependency["scope"]}")
        );
        Assert.Equal(
            new[]
            {
                "cargo log 0.4 runtime",
                "cargo rand 0.8 development",
                "cargo serde 1 runtime",
                "go github.com/one/a v1.2.3 runtime",
                "go github.com/two/b v0.1.0 indirect",
                "maven org.junit:junit 5.1 test",
                "npm react ^19.0.0 runtime",
                "npm vite ~7 development",
                "nuget Analyzer 1.0 development",
                "nuget Central 3.1 version",
                "nuget xunit 2.9.0 runtime",
                "pypi flask  runtime",
                "pypi httpx >=0.27 runtime",
                "pypi python ^3.11 runtime",
                "pypi requests >=2.0,<3 runtime",
                "pypi rich  optional",
            },
            found.Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["broken/package.json", "evil/pom.xml"],
            manifests.Where(manifest => manifest!["problem"] is not null).Select(manifest => (string)manifest!["path"]!)
        );
        Assert.DoesNotContain("root:", manifests.ToJsonString(), StringComparison.Ordinal);
    }

    private static string Lines(int count, int change) => string.Concat(Enumerable.Range(0, count).Select(line => $"{line} {change}\n"));

    private static IEnumerable<string> Occurrences(JsonNode block) =>
        block["occurrences"]!.AsArray().Select(place => $"{place!["path"]} {place["startLine"]}-{place["endLine"]}");
}
