using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Connect;

/// <summary>A client's configuration file, which other programs and people write too.</summary>
internal sealed class ConfigurationFile(McpClient client, string path)
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public string Path => path;

    /// <summary>The API key that the file has for a server; null if it has none.</summary>
    /// <exception cref="CommandException">The file cannot be understood.</exception>
    public string? FindKey(string server) =>
        Understand(text =>
        {
            if (client.IsToml)
            {
                return TomlDocument.GetHeader(text, client.Servers, server, ServerEntry.Header);
            }
            return
                JsonDocumentText.Get(text, client.Servers, server)?["headers"] is JsonObject headers
                && headers[ServerEntry.Header] is JsonValue value
                && value.TryGetValue<string>(out var key)
                ? key
                : null;
        });

    /// <summary>What the file is to be with the server in it.</summary>
    /// <exception cref="CommandException">The file cannot be understood; it is not touched.</exception>
    public string With(ServerEntry entry) =>
        Understand(text =>
            client.IsToml
                ? TomlDocument.Set(text, client.Servers, entry.Name, entry.Update)
                : JsonDocumentText.Set(text, client.Servers, entry.Name, member => entry.Update(member, client))
        );

    /// <summary>Writes it, and keeps what was there before beside it.</summary>
    /// <returns>Where the old one is; null if there was none.</returns>
    public string? Write(string text)
    {
        // Many keep their settings elsewhere and link to them; the link is to stay.
        var target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        var backup = File.Exists(target) ? Backup(target) : null;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        // It holds a key from now on, so nobody else may read it.
        var mode = backup is null || OperatingSystem.IsWindows() ? (UnixFileMode?)null : File.GetUnixFileMode(target) & Owner;
        PrivateFile.Write(target, HasMark(target) ? "\uFEFF" + text : text, mode);
        return backup;
    }

    private static string Backup(string target)
    {
        var backup = $"{target}.{TimeProvider.System.GetUtcNow().ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture)}.bak";
        using var copy = PrivateFile.Create(backup);
        using var original = File.OpenRead(target);
        original.CopyTo(copy);
        return backup;
    }

    private static bool HasMark(string target) => File.Exists(target) && File.ReadAllBytes(target).AsSpan().StartsWith("\uFEFF"u8);

    private T Understand<T>(Func<string, T> read)
    {
        try
        {
            return read(File.Exists(path) ? Strict.GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF') : "");
        }
        catch (Exception exception) when (exception is FormatException or DecoderFallbackException)
        {
            throw new CommandException(
                $"{path} was left as it is: {exception.Message}. Fix it first, or add by hand what --print shows.",
                exception
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read: {exception.Message}", exception);
        }
    }
}
