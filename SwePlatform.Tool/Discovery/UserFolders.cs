namespace SwePlatform.Tool.Discovery;

/// <summary>Where this user's settings are.</summary>
internal static class UserFolders
{
    public static string Home =>
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home
            ? home
            : throw new CommandException("There is no home folder. Set HOME, or XDG_CONFIG_HOME.");

    /// <summary><c>$XDG_CONFIG_HOME</c>, on every system if it is set.</summary>
    public static string Configuration =>
        Variables.Read("XDG_CONFIG_HOME") is { } folder && Path.IsPathRooted(folder) ? folder
        : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData)
        : Path.Combine(Home, ".config");

    public static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
