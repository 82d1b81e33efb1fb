using System.Runtime.CompilerServices;

namespace SwePlatform.Tests.Fixtures;

/// <summary>The checkout that these tests were built from.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
