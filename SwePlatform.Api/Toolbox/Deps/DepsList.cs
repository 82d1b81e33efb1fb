using System.ComponentModel;
using System.Text;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Snapshots;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Deps;

internal sealed record DepsListArguments([property: Description("Only manifests in this folder.")] string? Path = null);

/// <param name="Version">As the manifest writes it: a version, a range, or null if it names none.</param>
/// <param name="Scope">What it is for: <c>runtime</c>, <c>development</c>, <c>test</c>, <c>build</c>, <c>optional</c>,
/// <c>indirect</c>, or <c>version</c> where a version is set for others to use.</param>
internal sealed record Dependency(string Name, string? Version, string Scope);

/// <param name="Ecosystem"><c>nuget</c>, <c>npm</c>, <c>pypi</c>, <c>go</c>, <c>cargo</c> or <c>maven</c>.</param>
/// <param name="Problem">Why it could not be read; then there are no dependencies.</param>
internal sealed record Manifest(string Path, string Ecosystem, IReadOnlyList<Dependency> Dependencies, string? Problem);

internal sealed record DepsListResult(IReadOnlyList<Manifest> Manifests, int Total);

internal sealed class DepsList : Tool<DepsListArguments, DepsListResult>
{
    private const int MaxManifestBytes = 4 * 1024 * 1024;

    public override string Name => "deps.list";
    public override string Title => "List dependencies";
    public override string Description =>
        "Lists the packages that manifests name, as they are written there: csproj and props, package.json, "
        + "requirements.txt and pyproject.toml, go.mod, Cargo.toml, pom.xml.";
    public override string Brief => "Packages that manifests name.";

    protected override void Check(DepsListArguments arguments, ArgumentProblems problems) =>
        problems.Add("path", arguments.Path is { } path ? RepoPath.Problem(path) : null);

    protected override Listing Show(DepsListResult result)
    {
        var all = result
            .Manifests.SelectMany(manifest =>
                manifest.Problem is null
                    ? manifest.Dependencies.Select(dependency => (Manifest: manifest, Dependency: (Dependency?)dependency))
                    : [(manifest, null)]
            )
            .ToList();
        return new(
            $"{result.Total} dependencies in {result.Manifests.Count} manifests",
            [
                .. all.Select(item => new ListingItem(
                    Write(item.Dependency) ?? item.Manifest.Problem!,
                    $"{item.Manifest.Path} ({item.Manifest.Ecosystem})"
                )),
            ],
            (start, end) =>
                new DepsListResult(
                    [
                        .. all[start..end]
                            .GroupBy(item => item.Manifest)
                            .Select(group =>
                                group.Key with
                                {
                                    Dependencies = [.. group.Select(item => item.Dependency).OfType<Dependency>()],
                                }
                            ),
                    ],
                    result.Total
                )
        )
        {
            Noun = "dependencies",
            Advice = all.Count > 200 ? "path narrows it to a folder" : null,
        };
    }

    private static string? Write(Dependency? dependency) =>
        dependency is null
            ? null
            : $"{dependency.Name} {dependency.Version}".TrimEnd() + (dependency.Scope == "runtime" ? "" : $" ({dependency.Scope})");

    protected override async Task<DepsListResult> RunAsync(
        DepsListArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await context.OpenSnapshotAsync(cancellationToken);
        var filter = new PathFilter(arguments.Path);
        var manifests = new List<Manifest>();
        foreach (var entry in snapshot.Entries.Where(entry => entry.Kind == EntryKind.Text && filter.IsMatch(entry.Path)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ManifestReaders.Find(entry.Path) is { } reader && Read(entry, snapshot, reader) is { } manifest)
            {
                manifests.Add(manifest);
            }
        }
        return new(manifests, manifests.Sum(manifest => manifest.Dependencies.Count));
    }

    private static Manifest? Read(SnapshotEntry entry, Snapshot snapshot, ManifestReader reader)
    {
        if (entry.Length > MaxManifestBytes)
        {
            return new(entry.Path, reader.Ecosystem, [], "The file is too large for a manifest.");
        }
        try
        {
            var dependencies = reader.Read(Encoding.UTF8.GetString(snapshot.Read(entry)).TrimStart('\uFEFF'));
            // Many projects, and most props files, name no package.
            return dependencies.Count == 0 ? null : new(entry.Path, reader.Ecosystem, dependencies, null);
        }
        catch (Exception exception)
            when (exception
                    is System.Text.Json.JsonException
                        or System.Xml.XmlException
                        or Tomlyn.TomlException
                        or InvalidOperationException
                        or FormatException
            )
        {
            return new(entry.Path, reader.Ecosystem, [], $"The file cannot be read: {exception.Message.Split('\n')[0]}");
        }
    }
}
