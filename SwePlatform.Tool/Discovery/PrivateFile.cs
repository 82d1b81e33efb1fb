using System.Text;

namespace SwePlatform.Tool.Discovery;

/// <summary>Files with secrets: nobody but their owner can read them, from their creation on.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Replaces the file as a whole: nobody sees half of it, and a crash leaves the old one.</summary>
    /// <param name="mode">Its mode afterwards; only its owner may read it if null.</param>
    public static void Write(string path, string text, UnixFileMode? mode = null)
    {
        var fresh = $"{path}.{Guid.CreateVersion7():N}.new";
        try
        {
            using (var file = Create(fresh))
            {
                file.Write(new UTF8Encoding(false).GetBytes(text));
                file.Flush(flushToDisk: true);
            }
            if (mode is { } wanted && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(fresh, wanted);
            }
            File.Move(fresh, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(fresh);
            throw new CommandException($"{path} cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>A new file; it is an error if there is one.</summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }
        return new(path, options);
    }
}
