namespace SwePlatform.Tool.CommandLine;

/// <summary>What commands end with. Some have further ones of their own.</summary>
internal static class ExitCode
{
    public const int Succeeded = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>By Ctrl-C, as shells report it.</summary>
    public const int Interrupted = 130;
}
