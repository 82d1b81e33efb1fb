namespace SwePlatform.Tool.Discovery;

/// <summary>The folder with all state of one installation.</summary>
internal static class DataFolderPaths
{
    private const string Standard = ".data";

    /// <param name="asked">The value of <c>--data</c>.</param>
    /// <returns>Null if none was asked for and there is no checkout, which holds the standard one.</returns>
    public static string? Find(string? asked) =>
        asked is not null ? Path.GetFullPath(asked)
        : Checkout.TryFind() is { } checkout ? Path.Combine(checkout.Root, Standard)
        : null;

    public static string RunFile(string folder) => Path.Combine(folder, "run.json");

    /// <summary>The administrator's password; null if there is none that this user may read.</summary>
    public static string? ReadAdminPassword(string? folder)
    {
        try
        {
            return folder is not null && File.ReadAllText(Path.Combine(folder, "admin-password")).Trim() is { Length: > 0 } password
                ? password
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
