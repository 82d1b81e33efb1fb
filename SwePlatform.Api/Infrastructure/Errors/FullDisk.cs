using Npgsql;

namespace SwePlatform.Api.Infrastructure.Errors;

/// <summary>Tells a full disk from other trouble: it is the one that somebody can do something about.</summary>
internal static class FullDisk
{
    /// <summary>Code of the error of a tool that needs space; answered with 507.</summary>
    public const string Code = "disk_full";

    public const string Message =
        "The server's disk is full. Nothing that was stored is lost. Delete workspaces or projects that are done, or "
        + "have an administrator free space, and try again.";

    // Errors of the system: no space left, and the quota of the server's account.
    private const int NoSpace = 28,
        OverQuota = 122;

    private const long LeastFree = 1024 * 1024;

    public static bool IsCause(Exception? exception) =>
        exception switch
        {
            null => false,
            IOException { HResult: NoSpace or OverQuota } => true,
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => true,
            _ => exception.Message.Contains("No space left on device", StringComparison.Ordinal) || IsCause(exception.InnerException),
        };

    /// <summary>Whether so little is left below a folder that nothing can be expected to be written.</summary>
    public static bool IsNear(string folder) => new DriveInfo(folder).AvailableFreeSpace < LeastFree;

    public static RequestException Problem() => new(StatusCodes.Status507InsufficientStorage, Message) { Code = Code };
}
