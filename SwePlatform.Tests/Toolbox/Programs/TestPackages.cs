namespace SwePlatform.Tests.Toolbox.Programs;

/// <summary>The packages that this very test project was restored with, as an operator would name them to the server.</summary>
internal static class TestPackages
{
    private static readonly string[] Names = ["xunit.v3", "xunit.runner.visualstudio", "microsoft.net.test.sdk"];

    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    public static string References =>
        string.Concat(
            Names.Select(name =>
            {
                var newest = Directory.GetDirectories(Path.Combine(Folder, name)).Order(StringComparer.Ordinal).Last();
                return $"""<PackageReference Include="{name}" Version="{Path.GetFileName(newest)}" />""";
            })
        );
}
