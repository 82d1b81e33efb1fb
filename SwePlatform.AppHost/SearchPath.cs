namespace SwePlatform.AppHost;

internal static class SearchPath
{
    /// <summary>The first program of this name on the PATH, or null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? $"{program}.exe" : program))
            .FirstOrDefault(File.Exists);
}
