namespace SwePlatform.AppHost.Stores.Postgres;

/// <summary>Writes the server's settings anew at each start: the repository's file, then what only the AppHost knows.</summary>
internal static class PostgresSettings
{
    private const int FirstVersionWithReadStreams = 18;

    public static async Task WriteAsync(PostgresStorage storage, string repositoryFile, int port, int version)
    {
        var settings = $"""
            # Written at each start. Change {repositoryFile} instead.

            {await File.ReadAllTextAsync(repositoryFile)}

            # Only this machine, only with a password, no sockets in shared folders
            listen_addresses = '127.0.0.1'
            port = {port}
            unix_socket_directories = ''
            hba_file = {Quote(storage.Access)}
            cluster_name = 'swe-platform'

            # To the dashboard, which reads standard error and keeps the times itself
            logging_collector = off
            log_destination = 'stderr'
            log_line_prefix = '[%p] '

            """;
        if (!OperatingSystem.IsLinux() && version < FirstVersionWithReadStreams)
        {
            // Elsewhere these versions refuse to start with any other value.
            settings += "effective_io_concurrency = 0\n";
        }
        await File.WriteAllTextAsync(storage.Settings, settings);
        await File.WriteAllTextAsync(storage.Access, "host all all 127.0.0.1/32 scram-sha-256\n");
        if (!OperatingSystem.IsWindows())
        {
            // The server's user reads them; nothing in them is secret.
            const UnixFileMode readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
            File.SetUnixFileMode(storage.Settings, readable);
            File.SetUnixFileMode(storage.Access, readable);
        }
    }

    private static string Quote(string path) => $"'{path.Replace('\\', '/').Replace("'", "''", StringComparison.Ordinal)}'";
}
