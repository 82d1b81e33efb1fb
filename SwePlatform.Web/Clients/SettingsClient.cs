using System.Globalization;
using System.Text.Json;

namespace SwePlatform.Web.Clients;

public sealed record Setting(string Key, JsonElement Value, DateTimeOffset UpdatedAt);

/// <summary>Values that everyone may read, and administrators list and change.</summary>
internal sealed class SettingsClient(ApiConnection api)
{
    public Task<Page<Setting>> ListAsync(int skip, int limit, CancellationToken cancellationToken) =>
        api.GetAsync<Page<Setting>>(string.Create(CultureInfo.InvariantCulture, $"config?skip={skip}&limit={limit}"), cancellationToken);

    public Task<Setting> GetAsync(string key, CancellationToken cancellationToken) => api.GetAsync<Setting>(Path(key), cancellationToken);

    public Task<Setting> PutAsync(string key, JsonElement value, CancellationToken cancellationToken) =>
        api.PutAsync<Setting>(Path(key), new { value }, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => api.DeleteAsync(Path(key), cancellationToken);

    private static string Path(string key) => $"config/{Uri.EscapeDataString(key)}";
}
