using System.Globalization;

namespace SwePlatform.Web.Clients;

public sealed record SkippedOperationDto(string Operation, string Reason);

/// <param name="Skipped">Not in lists.</param>
public sealed record ToolImportDto(
    Guid Id,
    Guid UserId,
    string Name,
    string? Title,
    string OpenApiVersion,
    string? SpecUrl,
    string BaseUrl,
    bool HasCredential,
    bool Shared,
    int ToolCount,
    int SkippedCount,
    IReadOnlyList<SkippedOperationDto>? Skipped,
    DateTimeOffset UpdatedAt
)
{
    public string Tools => ToolCount == 1 ? "1 tool" : string.Create(CultureInfo.InvariantCulture, $"{ToolCount} tools");
}

public sealed record ImportCredentialDto(string Type, string? Token, string? Username, string? Password, string? In, string? Name)
{
    /// <summary>Nothing that prints a record may print this one.</summary>
    public override string ToString() => $"{Type} credential";
}

public sealed record NewImportDto(string Name, string? SpecUrl, string? Spec, string? BaseUrl, ImportCredentialDto? Credential);

public sealed record ImportChangeDto(string? BaseUrl, ImportCredentialDto? Credential, bool RemoveCredential, bool? Shared);

/// <summary>What a refresh did, or would do, by the names of the tools.</summary>
public sealed record ImportRefreshDto(
    bool DryRun,
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Removed,
    IReadOnlyList<string> Changed,
    IReadOnlyList<string> Unchanged,
    int SkippedCount
)
{
    public bool ChangesNothing => Added.Count + Removed.Count + Changed.Count == 0;
}

/// <summary>HTTP APIs whose operations are tools.</summary>
internal sealed class ImportsClient(ApiConnection api, ToolRunConnection slow)
{
    public Task<PageDto<ToolImportDto>> ListAsync(int skip, int limit, CancellationToken cancellationToken) =>
        api.GetAsync<PageDto<ToolImportDto>>(
            string.Create(CultureInfo.InvariantCulture, $"tools/imports?skip={skip}&limit={limit}"),
            cancellationToken
        );

    public Task<ToolImportDto> GetAsync(Guid id, CancellationToken cancellationToken) =>
        api.GetAsync<ToolImportDto>($"tools/imports/{id}", cancellationToken);

    /// <summary>Fetching and reading a document may take a minute.</summary>
    public Task<ToolImportDto> CreateAsync(NewImportDto import, CancellationToken cancellationToken) =>
        slow.Api.PostAsync<ToolImportDto>("tools/imports", import, cancellationToken);

    public Task<ToolImportDto> ChangeAsync(Guid id, ImportChangeDto change, CancellationToken cancellationToken) =>
        api.PatchAsync<ToolImportDto>($"tools/imports/{id}", change, cancellationToken);

    /// <param name="spec">The new document, for an import without an address.</param>
    /// <param name="dryRun">Only tell what would change.</param>
    public Task<ImportRefreshDto> RefreshAsync(Guid id, string? spec, bool dryRun, CancellationToken cancellationToken) =>
        slow.Api.PostAsync<ImportRefreshDto>(
            $"tools/imports/{id}/refresh?dryRun={(dryRun ? "true" : "false")}",
            new { spec },
            cancellationToken
        );

    public Task DeleteAsync(Guid id, CancellationToken cancellationToken) => api.DeleteAsync($"tools/imports/{id}", cancellationToken);
}
