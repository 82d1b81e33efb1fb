namespace SwePlatform.AppHost.Stores.Postgres;

/// <summary>The settings of deploy/postgres.conf as arguments of a container: nothing has to be mounted, wherever it runs.</summary>
internal static class PostgresArguments
{
    public static IEnumerable<string> Read(string settingsFile) =>
        from line in File.ReadLines(settingsFile)
        let setting = line.Split('#')[0].Trim()
        where setting.Length > 0
        let parts = setting.Split('=', 2, StringSplitOptions.TrimEntries)
        from argument in (string[])["-c", $"{parts[0]}={parts[1].Trim('\'')}"]
        select argument;
}
