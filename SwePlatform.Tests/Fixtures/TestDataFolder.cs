namespace SwePlatform.Tests.Fixtures;

/// <summary>A data folder of one test.</summary>
internal sealed class TestDataFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("swe-host-");

    public TestDataFolder(bool passable = true)
    {
        if (passable && !OperatingSystem.IsWindows())
        {
            _parent.UnixFileMode = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        }
    }

    public string Path => System.IO.Path.Combine(_parent.FullName, "data");

    /// <summary>Where the database is, if it could not be in this folder.</summary>
    public string? DatabaseElsewhere
    {
        get
        {
            var pointer = System.IO.Path.Combine(Path, "postgres-location");
            return File.Exists(pointer) ? File.ReadAllText(pointer).Trim() : null;
        }
    }

    public string Database => DatabaseElsewhere ?? System.IO.Path.Combine(Path, "postgres");

    public void Dispose()
    {
        if (DatabaseElsewhere is { } elsewhere)
        {
            Directory.Delete(System.IO.Path.GetDirectoryName(elsewhere)!, recursive: true);
        }
        _parent.Delete(recursive: true);
    }
}
