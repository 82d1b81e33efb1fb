using System.Reflection;

namespace SwePlatform.AppHost;

/// <summary>The programs of the other projects, as the build that made this one has left them.</summary>
internal static class BuiltProgram
{
    private static readonly string Configuration =
        typeof(BuiltProgram).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Release";

    /// <summary>
    /// Starts the built program itself, as in production, instead of <c>dotnet run</c>, which would be a process and a look for changes
    /// more. Not when an IDE starts the resources, to debug them.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithBuiltProgram(this IResourceBuilder<ProjectResource> project, string name)
    {
        var builder = project.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode || builder.Configuration["DEBUG_SESSION_PORT"] is { Length: > 0 })
        {
            return project;
        }
        return project
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", "Production")
            .WithAnnotation(
                new ExecutableAnnotation
                {
                    Command = Of(name, builder.AppHostDirectory),
                    WorkingDirectory = Path.GetFullPath(Path.Combine("..", name), builder.AppHostDirectory),
                },
                ResourceAnnotationMutationBehavior.Replace
            );
    }

    /// <exception cref="StartException">It was not built.</exception>
    public static string Of(string project, string appHostFolder)
    {
        // The command line has a shorter name than its project.
        var name = project == "SwePlatform.Tool" ? "swe" : project;
        var file = OperatingSystem.IsWindows() ? $"{name}.exe" : name;
        var path = Path.GetFullPath(Path.Combine("..", project, "bin", Configuration, "net10.0", file), appHostFolder);
        return File.Exists(path)
            ? path
            : throw new StartException($"{path} is missing. Build the solution: dotnet build -c {Configuration}");
    }
}
