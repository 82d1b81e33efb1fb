using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;

namespace SwePlatform.Tool.Database.Backups;

/// <param name="Migration">The newest migration of the schema; null if this is no database of the platform.</param>
/// <param name="Commit">The commit of the checkout that made the backup.</param>
/// <param name="DumpSha256">Hash of the dump in the same file.</param>
internal sealed record BackupManifest(
    int Format,
    DateTimeOffset CreatedAt,
    string Database,
    string ServerVersion,
    string? Migration,
    string? Commit,
    string DumpSha256,
    long DumpBytes,
    DatabaseContents Contents
);

/// <summary>One file: the manifest, then the compressed dump.</summary>
internal static class BackupFile
{
    public const int Format = 1;
    public const string Extension = ".swebackup";

    private const string ManifestName = "manifest.json";
    private const string DumpName = "database.dump";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>A new file that only its owner can read, from its creation on.</summary>
    public static FileStream CreatePrivate(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }
        return new FileStream(path, options);
    }

    public static async Task WriteAsync(string path, BackupManifest manifest, string dump, CancellationToken cancellationToken)
    {
        await using var file = CreatePrivate(path);
        await using (var tar = new TarWriter(file, TarEntryFormat.Pax, leaveOpen: true))
        {
            await AddAsync(ManifestName, new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest, Json)));
            await AddAsync(DumpName, File.OpenRead(dump));

            async Task AddAsync(string name, Stream data)
            {
                await using (data)
                {
                    await tar.WriteEntryAsync(
                        new PaxTarEntry(TarEntryType.RegularFile, name)
                        {
                            DataStream = data,
                            Mode = OwnerOnly,
                            ModificationTime = manifest.CreatedAt,
                        },
                        cancellationToken
                    );
                }
            }
        }
        file.Flush(flushToDisk: true);
    }

    /// <exception cref="CommandException">This is not a complete backup.</exception>
    public static async Task<BackupManifest> ReadManifestAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = Open(path);
        await using var tar = new TarReader(file);
        return await ReadManifestAsync(path, tar, cancellationToken);
    }

    /// <summary>Writes the dump to <paramref name="dump"/>, and checks that it is the one that was backed up.</summary>
    public static async Task<BackupManifest> ExtractAsync(string path, string dump, CancellationToken cancellationToken)
    {
        await using var file = Open(path);
        await using var tar = new TarReader(file);
        var manifest = await ReadManifestAsync(path, tar, cancellationToken);
        try
        {
            if (await tar.GetNextEntryAsync(cancellationToken: cancellationToken) is not { Name: DumpName, DataStream: { } data })
            {
                throw Broken(path, "it has no dump");
            }
            await using (var output = CreatePrivate(dump))
            {
                await data.CopyToAsync(output, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw Broken(path, "it was cut short");
        }
        return await HashAsync(dump, cancellationToken) == manifest.DumpSha256
            ? manifest
            : throw Broken(path, "the dump is not what the manifest says");
    }

    public static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    private static async Task<BackupManifest> ReadManifestAsync(string path, TarReader tar, CancellationToken cancellationToken)
    {
        try
        {
            var manifest = await tar.GetNextEntryAsync(cancellationToken: cancellationToken) is { Name: ManifestName, DataStream: { } data }
                ? await JsonSerializer.DeserializeAsync<BackupManifest>(data, Json, cancellationToken)
                : null;
            return manifest switch
            {
                { Format: Format } => manifest,
                null => throw Broken(path, "it has no manifest"),
                _ => throw new CommandException($"{path} was written by a newer version of the platform (format {manifest.Format})."),
            };
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or JsonException)
        {
            throw Broken(path, "it has no manifest");
        }
    }

    private static CommandException Broken(string path, string why) => new($"{path} is not a complete backup: {why}.");
}
