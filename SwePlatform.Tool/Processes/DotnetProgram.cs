using System.Runtime.InteropServices;

namespace SwePlatform.Tool.Processes;

/// <summary>The <c>dotnet</c> that runs this process: there may be others on the PATH, or none.</summary>
internal static class DotnetProgram
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        var root = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var program = System.IO.Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(program) ? program : "dotnet";
    }
}
