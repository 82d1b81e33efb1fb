using System.Globalization;
using System.Text.Json;

namespace SwePlatform.Web.Clients;

public sealed record SettingDto(string Key, JsonElement Value, DateTimeOffset UpdatedAt);

/// <summary>Values that everyone may read, and administrators list and change.</summary>
internal sealed class SettingsClient(ApiConnection api)
{
    public Task<PageDto<SettingDto>> ListAsync(int skip, int limit, CancellationToken cancellationToken) =>
        api.GetAsync<PageDto<SettingDto>>(
            string.Create(CultureInfo.InvariantCulture, $"config?skip={skip}&limit={limit}"),
            cancellationToken
        );

    public Task<SettingDto> GetAsync(string key, CancellationToken cancellationToken) =>
        api.GetAsync<SettingDto>(Path(key), cancellationToken);

    public Task<SettingDto> PutAsync(string key, JsonElement value, CancellationToken cancellationToken) =>
        api.PutAsync<SettingDto>(Path(key), new { value }, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => api.DeleteAsync(Path(key), cancellationToken);

    private static string Path(string key) => $"config/{Uri.EscapeDataString(key)}";
}
