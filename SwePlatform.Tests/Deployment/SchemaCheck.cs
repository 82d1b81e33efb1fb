using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Deployment;

/// <summary>
/// Checks files against published schemas, by the packages in <c>Schemas/package.json</c>; skipped where npm cannot bring them.
/// </summary>
internal static class SchemaCheck
{
    private static readonly Lazy<Task<string?>> Installed = new(InstallAsync);

    public static async Task RunAsync(string kind, params string[] files)
    {
        var folder = await Installed.Value;
        Assert.SkipWhen(folder is null, "node or npm is missing, or no registry can be reached.");
        await DeploymentFiles.RunAsync("node", [Path.Combine(folder, "check.mjs"), kind, .. files]);
    }

    private static async Task<string?> InstallAsync()
    {
        if (!DeploymentFiles.Has("node") || !DeploymentFiles.Has("npm"))
        {
            return null;
        }
        // Beside the built tests, so that the packages are brought once.
        var folder = Path.Combine(AppContext.BaseDirectory, "schemas");
        Directory.CreateDirectory(folder);
        var source = Path.Combine(SourceTree.Root, "SwePlatform.Tests", "Deployment", "Schemas");
        var isNew = !Directory.Exists(Path.Combine(folder, "node_modules"));
        foreach (var name in (string[])["package.json", "package-lock.json", "check.mjs"])
        {
            var (from, to) = (Path.Combine(source, name), Path.Combine(folder, name));
            isNew |= name != "check.mjs" && File.Exists(to) && await File.ReadAllTextAsync(from) != await File.ReadAllTextAsync(to);
            File.Copy(from, to, overwrite: true);
        }
        if (isNew)
        {
            try
            {
                await DeploymentFiles.RunAsync("npm", "ci", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts");
            }
            catch (Xunit.Sdk.TrueException)
            {
                return null;
            }
        }
        return folder;
    }
}
