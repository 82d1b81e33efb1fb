using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tomlyn;
using Tomlyn.Model;

namespace SwePlatform.Api.Toolbox.Deps;

/// <summary>Reads the dependencies that one kind of manifest names.</summary>
internal sealed record ManifestReader(string Ecosystem, Func<string, IReadOnlyList<Dependency>> Read);

internal static partial class ManifestReaders
{
    private const string Runtime = "runtime";
    private const string Development = "development";
    private const string Optional = "optional";

    private static readonly ManifestReader NuGet = new("nuget", ReadMSBuild);
    private static readonly ManifestReader Npm = new("npm", ReadPackageJson);
    private static readonly ManifestReader Requirements = new("pypi", ReadRequirements);
    private static readonly ManifestReader PyProject = new("pypi", ReadPyProject);
    private static readonly ManifestReader Go = new("go", ReadGoMod);
    private static readonly ManifestReader Cargo = new("cargo", ReadCargo);
    private static readonly ManifestReader Maven = new("maven", ReadPom);

    public static ManifestReader? Find(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name switch
        {
            "package.json" => Npm,
            "pyproject.toml" => PyProject,
            "go.mod" => Go,
            "Cargo.toml" => Cargo,
            "pom.xml" => Maven,
            _ when name.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase)
                    || name.EndsWith(".fsproj", StringComparison.OrdinalIgnoreCase)
                    || name.EndsWith(".vbproj", StringComparison.OrdinalIgnoreCase)
                    || name.EndsWith(".props", StringComparison.OrdinalIgnoreCase) => NuGet,
            _ when name.StartsWith("requirements", StringComparison.OrdinalIgnoreCase)
                    && name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) => Requirements,
            _ => null,
        };
    }

    private static List<Dependency> ReadMSBuild(string text) =>
        [
            .. BoundedXml
                .Load(text)
                .Descendants()
                .Where(element => element.Name.LocalName is "PackageReference" or "PackageVersion" or "GlobalPackageReference")
                .Select(element => (Element: element, Name: (string?)element.Attribute("Include") ?? (string?)element.Attribute("Update")))
                .Where(item => !string.IsNullOrEmpty(item.Name))
                .Select(item => new Dependency(
                    item.Name!,
                    (string?)item.Element.Attribute("Version")
                        ?? Child(item.Element, "Version")
                        ?? (string?)item.Element.Attribute("VersionOverride"),
                    item.Element.Name.LocalName == "PackageVersion" ? "version"
                        : string.Equals(
                            (string?)item.Element.Attribute("PrivateAssets") ?? Child(item.Element, "PrivateAssets"),
                            "all",
                            StringComparison.OrdinalIgnoreCase
                        )
                            ? Development
                        : Runtime
                )),
        ];

    private static List<Dependency> ReadPom(string text)
    {
        var root = BoundedXml.Load(text).Root!;
        var properties = root.Elements()
            .Where(element => element.Name.LocalName == "properties")
            .Elements()
            .ToLookup(element => element.Name.LocalName, element => element.Value.Trim());
        return
        [
            .. root.Descendants()
                .Where(element => element.Name.LocalName == "dependency")
                .Select(element => new Dependency(
                    $"{Child(element, "groupId")}:{Child(element, "artifactId")}",
                    Child(element, "version") is { } version
                        ? Property().Replace(version, match => properties[match.Groups[1].Value].FirstOrDefault() ?? match.Value)
                        : null,
                    element.Ancestors().Any(ancestor => ancestor.Name.LocalName == "dependencyManagement")
                        ? "version"
                        : Child(element, "scope") switch
                        {
                            "test" => "test",
                            "provided" or "system" => "build",
                            _ => Runtime,
                        }
                )),
        ];
    }

    private static List<Dependency> ReadPackageJson(string text)
    {
        using var document = JsonDocument.Parse(text, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        (string Section, string Scope)[] sections =
        [
            ("dependencies", Runtime),
            ("devDependencies", Development),
            ("peerDependencies", Runtime),
            ("optionalDependencies", Optional),
        ];
        return
        [
            .. sections
                .Where(item =>
                    document.RootElement.ValueKind == JsonValueKind.Object
                    && document.RootElement.TryGetProperty(item.Section, out var found)
                    && found.ValueKind == JsonValueKind.Object
                )
                .SelectMany(item =>
                    document
                        .RootElement.GetProperty(item.Section)
                        .EnumerateObject()
                        .Select(entry => new Dependency(
                            entry.Name,
                            entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null,
                            item.Scope
                        ))
                ),
        ];
    }

    private static List<Dependency> ReadRequirements(string text) =>
        [
            .. text.Split('\n')
                .Select(line => line.Split(" #")[0].Trim())
                .Where(line => line.Length > 0 && line[0] is not ('#' or '-'))
                .Select(line => ReadRequirement(line, Runtime))
                .OfType<Dependency>(),
        ];

    // PEP 508: name[extras] version; marker
    private static Dependency? ReadRequirement(string requirement, string scope) =>
        Requirement().Match(requirement) is { Success: true } match
            ? new(
                match.Groups["name"].Value,
                match.Groups["version"].Value.Trim() is { Length: > 0 } version ? version.Trim('(', ')') : null,
                scope
            )
            : null;

    private static List<Dependency> ReadPyProject(string text)
    {
        var root = TomlSerializer.Deserialize<TomlTable>(text)!;
        var found = new List<Dependency>();
        if (Table(root, "project") is { } project)
        {
            AddRequirements(found, project.GetValueOrDefault("dependencies"), Runtime);
            foreach (var extra in Table(project, "optional-dependencies")?.Values ?? [])
            {
                AddRequirements(found, extra, Optional);
            }
        }
        foreach (var group in Table(root, "dependency-groups")?.Values ?? [])
        {
            AddRequirements(found, group, Development);
        }
        AddRequirements(found, Table(root, "build-system")?.GetValueOrDefault("requires"), "build");
        if (Table(root, "tool") is { } tool && Table(tool, "poetry") is { } poetry)
        {
            AddTable(found, Table(poetry, "dependencies"), Runtime);
            AddTable(found, Table(poetry, "dev-dependencies"), Development);
            foreach (var group in Table(poetry, "group")?.Values.OfType<TomlTable>() ?? [])
            {
                AddTable(found, Table(group, "dependencies"), Development);
            }
        }
        return found;
    }

    private static List<Dependency> ReadCargo(string text)
    {
        var root = TomlSerializer.Deserialize<TomlTable>(text)!;
        var found = new List<Dependency>();
        foreach (var table in new[] { root, Table(root, "workspace") }.Concat(Table(root, "target")?.Values.OfType<TomlTable>() ?? []))
        {
            AddTable(found, Table(table, "dependencies"), Runtime);
            AddTable(found, Table(table, "dev-dependencies"), Development);
            AddTable(found, Table(table, "build-dependencies"), "build");
        }
        return found;
    }

    private static List<Dependency> ReadGoMod(string text)
    {
        var found = new List<Dependency>();
        var inRequire = false;
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            inRequire = line.StartsWith("require (", StringComparison.Ordinal) || (inRequire && line != ")");
            var words = (
                line.StartsWith("require ", StringComparison.Ordinal) ? line["require ".Length..]
                : inRequire ? line
                : ""
            ).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0] is not ("(" or "//"))
            {
                found.Add(new(words[0], words[1], line.EndsWith("// indirect", StringComparison.Ordinal) ? "indirect" : Runtime));
            }
        }
        return found;
    }

    private static void AddRequirements(List<Dependency> found, object? requirements, string scope) =>
        found.AddRange(
            (requirements as TomlArray ?? [])
                .OfType<string>()
                .Select(requirement => ReadRequirement(requirement, scope))
                .OfType<Dependency>()
        );

    private static void AddTable(List<Dependency> found, TomlTable? table, string scope) =>
        found.AddRange(
            (table ?? []).Select(entry => new Dependency(
                entry.Key,
                entry.Value switch
                {
                    string version => version,
                    TomlTable detail => detail.GetValueOrDefault("version") as string,
                    _ => null,
                },
                scope
            ))
        );

    private static TomlTable? Table(TomlTable? parent, string name) => parent?.GetValueOrDefault(name) as TomlTable;

    private static object? GetValueOrDefault(this TomlTable table, string name) => table.TryGetValue(name, out var value) ? value : null;

    private static string? Child(XElement element, string name) =>
        element.Elements().FirstOrDefault(child => child.Name.LocalName == name)?.Value.Trim();

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*(?<version>[^;@]*)")]
    private static partial Regex Requirement();

    [GeneratedRegex(@"\$\{([^}]+)\}")]
    private static partial Regex Property();
}
