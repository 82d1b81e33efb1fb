using SwePlatform.Tool.Login;

namespace SwePlatform.Tool.Discovery;

/// <summary>Which API a command talks to, and as whom.</summary>
/// <param name="Token">An API key or access token; null to sign in with the password.</param>
/// <param name="Password">The administrator's; null if it is not known.</param>
internal sealed record ApiTarget(Uri Address, string? Token, string? Password)
{
    public const string AdminEmail = "admin@swe.local";

    private static readonly Uri Standard = new("http://localhost:8000");

    /// <summary>
    /// The address is, in this order: <c>--url</c>, <c>API_URL</c>, the system that runs on <c>--data</c>, the one that runs on
    /// the checkout's own data folder, that of <c>swe login</c>, and the standard one.
    /// </summary>
    /// <param name="asAdministrator">
    /// Whether the administrator's password goes before what <c>swe login</c> stored, because a member may not do this.
    /// </param>
    public static ApiTarget Find(string? url, string? data, bool asAdministrator, CredentialStore? store = null)
    {
        store ??= CredentialStore.OfUser();
        var folder = DataFolderPaths.Find(data);
        var running = folder is null ? null : RunningSystem.Read(folder);
        var named = url ?? Variables.Read(Variables.ApiUrl);
        if (named is null && data is not null && running?.Api is null)
        {
            throw new CommandException(
                running is null
                    ? $"The platform of {folder} is not running. Start it with: ./run.sh --data {folder}"
                    : $"Only the stores of {folder} are running. Start the whole platform with: ./run.sh --data {folder}"
            );
        }
        var address = named is not null ? ParseAddress(named) : running?.Api ?? store.Current?.Address ?? Standard;
        // The password of one installation is not shown to another.
        var local = data is not null || address.IsLoopback || address == running?.Api;
        var password = Variables.Read(Variables.AdminPassword) ?? (local ? DataFolderPaths.ReadAdminPassword(folder) : null);
        var token = Variables.Read(Variables.ApiToken) ?? (asAdministrator && password is not null ? null : store.Find(address)?.Key);
        return new(address, token, password);
    }

    public static Uri ParseAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? new(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/")
            : throw new CommandException($"'{text}' is not an http address such as {Standard.OriginalString}.");
}
