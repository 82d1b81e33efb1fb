using System.Reflection;

namespace SwePlatform.AppHost.Embedded;

/// <summary>The checkout that this program was built from. It is found from the program's own place, never from the current directory.</summary>
internal sealed class Repository
{
    private const string Landmark = "SwePlatform.sln";

    private Repository(string root) => Root = root;

    public string Root { get; }

    public bool IsGitCheckout => Path.Exists(Path.Combine(Root, ".git"));

    public string PostgresSettings => Path.Combine(Root, "deploy", "postgres.conf");

    public static Repository Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Landmark)))
            {
                return new Repository(folder.FullName);
            }
        }
        throw new HostException(
            $"No {Landmark} above {AppContext.BaseDirectory}. The embedded host runs from the build output inside the repository.");
    }

    /// <summary>Path of the built assembly of project <paramref name="name"/>, as the build recorded it in this assembly.</summary>
    public string BuiltAssembly(string name)
    {
        var recorded = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == name).Value!;
        var path = Path.GetFullPath(recorded, Root);
        return File.Exists(path) ? path : throw new HostException($"{path} is missing. Build the solution: dotnet build");
    }
}
