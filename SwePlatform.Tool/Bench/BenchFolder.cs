namespace SwePlatform.Tool.Bench;

/// <summary>A folder for the data of one measurement, deleted afterwards.</summary>
internal sealed class BenchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("swe-benchmark-");

    public BenchFolder()
    {
        if (!OperatingSystem.IsWindows())
        {
            // Otherwise root's Postgres, which runs as somebody else, would keep its data elsewhere.
            _folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        }
    }

    public string Path => _folder.FullName;

    public string Data => System.IO.Path.Combine(Path, "data");

    public void Dispose()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A measurement is no worse for what it leaves in the temporary folder.
        }
    }
}
