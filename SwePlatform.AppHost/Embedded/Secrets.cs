using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SwePlatform.AppHost.Embedded;

/// <summary>Random secrets, made once and kept in files that only their owner can read, from their creation on.</summary>
internal sealed class Secrets(string folder)
{
    private const int PasswordBytes = 24;
    private const int SigningKeyBytes = 64;

    public string PostgresPassword => Keep(Path.Combine(folder, "postgres-password"), NewPassword);

    public string RedisPassword => Keep(Path.Combine(folder, "redis-password"), NewPassword);

    public string SigningKey => Keep(
        Path.Combine(folder, "signing-key"),
        () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(SigningKeyBytes)));

    /// <summary>A value that works once and lives as long as the API process: the code of the sign-in link.</summary>
    public static string NewPassword() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(PasswordBytes));

    /// <summary>Reads the secret at <paramref name="path"/>, or makes and stores it.</summary>
    public static string Keep(string path, Func<string> make)
    {
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } kept)
        {
            return kept;
        }
        var value = make();
        Write(path, value);
        return value;
    }

    /// <summary>Replaces the file as a whole, so that nobody reads half a secret, and a crash leaves the old one.</summary>
    public static void Write(string path, string value)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using (var file = new FileStream(fresh, options))
        {
            file.Write(Encoding.UTF8.GetBytes(value + "\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(fresh, path, overwrite: true);
    }
}
