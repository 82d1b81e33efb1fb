namespace SwePlatform.Tests.Toolbox.Programs;

/// <summary>A folder with the NuGet packages of a test project, as an operator would name it to the server.</summary>
internal static class TestPackages
{
    private static readonly string[] Names = ["xunit", "xunit.runner.visualstudio", "microsoft.net.test.sdk"];

    public static string Folder { get; } = new[] { Environment.GetEnvironmentVariable("SWE_TEST_PACKAGES"), "/opt/nuget/packages", Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages") }
        .FirstOrDefault(folder => folder is not null && Names.All(name => Directory.Exists(Path.Combine(folder, name))))
        ?? throw new InvalidOperationException("The packages xunit, xunit.runner.visualstudio and Microsoft.NET.Test.Sdk are in no known package folder; name one in SWE_TEST_PACKAGES.");

    public static string References => string.Concat(Names.Select(name =>
        $"""<PackageReference Include="{name}" Version="{Path.GetFileName(Directory.GetDirectories(Path.Combine(Folder, name)).Order(StringComparer.Ordinal).Last())}" />"""));
}
