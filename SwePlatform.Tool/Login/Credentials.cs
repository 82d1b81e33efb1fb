using System.Text.Json;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Login;

/// <summary>What <c>swe login</c> keeps of one platform.</summary>
/// <param name="KeyId">Null if the key was given rather than made here; then signing out does not revoke it.</param>
internal sealed record Credentials(Uri Address, string Email, string Key, string? KeyId);

/// <summary>The credentials of one user in <c>credentials.json</c>, readable for nobody else.</summary>
internal sealed class CredentialStore(string path)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string Path => path;

    /// <summary>The platform that was signed in to last.</summary>
    public Credentials? Current => Read().LastOrDefault();

    /// <summary>The store in <c>$XDG_CONFIG_HOME/swe</c>, or where the system keeps settings.</summary>
    public static CredentialStore OfUser() => new(System.IO.Path.Combine(UserFolders.Configuration, "swe", "credentials.json"));

    public Credentials? Find(Uri address) => Read().FirstOrDefault(known => IsSame(known.Address, address));

    /// <summary>Puts the credentials in, and returns those that they replace.</summary>
    public Credentials? Add(Credentials credentials)
    {
        var all = Read();
        var old = all.FirstOrDefault(known => IsSame(known.Address, credentials.Address));
        Write([.. all.Where(known => known != old), credentials]);
        return old;
    }

    public void Remove(Uri address) => Write([.. Read().Where(known => !IsSame(known.Address, address))]);

    private static bool IsSame(Uri one, Uri other) => one.AbsoluteUri.TrimEnd('/') == other.AbsoluteUri.TrimEnd('/');

    private List<Credentials> Read()
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<List<Credentials>>(File.ReadAllText(path), Json) ?? [] : [];
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"{path} cannot be read: {exception.Message} Fix it, or delete it and run swe login again.",
                exception
            );
        }
    }

    private void Write(List<Credentials> all)
    {
        if (all.Count == 0)
        {
            File.Delete(path);
            return;
        }
        UserFolders.CreatePrivate(System.IO.Path.GetDirectoryName(path)!);
        PrivateFile.Write(path, JsonSerializer.Serialize(all, Json) + "\n");
    }
}
