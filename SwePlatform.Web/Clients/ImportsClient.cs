using System.Globalization;

namespace SwePlatform.Web.Clients;

public sealed record SkippedOperation(string Operation, string Reason);

/// <param name="Skipped">Not in lists.</param>
public sealed record ToolImport(
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
    IReadOnlyList<SkippedOperation>? Skipped,
    DateTimeOffset UpdatedAt
)
{
    public string Tools => ToolCount == 1 ? "1 tool" : string.Create(CultureInfo.InvariantCulture, $"{ToolCount} tools");
}

public sealed record ImportCredential(string Type, string? Token, string? Username, string? Password, string? In, string? Name)
{
    /// <summary>Nothing that prints a record may print this one.</summary>
    public override string ToString() => $"{Type} credential";
}

public sealed record NewImport(string Name, string? SpecUrl, string? Spec, string? BaseUrl, ImportCredential? Credential);

public sealed record ImportChange(string? BaseUrl, ImportCredential? Credential, bool RemoveCredential, bool? Shared);

/// <summary>What a refresh did, or would do, by the names of the tools.</summary>
public sealed record ImportRefresh(
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
internal sealed class ImportsClient(ApiConnection api, ToolRunConnection patient)
{
    public Task<Page<ToolImport>> ListAsync(int skip, int limit, CancellationToken cancellationToken) =>
        api.GetAsync<Page<ToolImport>>(
            string.Create(CultureInfo.InvariantCulture, $"tools/imports?skip={skip}&limit={limit}"),
            cancellationToken
        );

    public Task<ToolImport> GetAsync(Guid id, CancellationToken cancellationToken) =>
        api.GetAsync<ToolImport>($"tools/imports/{id}", cancellationToken);

    /// <summary>Fetching and reading a document may take a minute.</summary>
    public Task<ToolImport> CreateAsync(NewImport import, CancellationToken cancellationToken) =>
        patient.Api.PostAsync<ToolImport>("tools/imports", import, cancellationToken);

    public Task<ToolImport> ChangeAsync(Guid id, ImportChange change, CancellationToken cancellationToken) =>
        api.PatchAsync<ToolImport>($"tools/imports/{id}", change, cancellationToken);

    /// <param name="spec">The new document, for an import without an address.</param>
    /// <param name="dryRun">Only tell what would change.</param>
    public Task<ImportRefresh> RefreshAsync(Guid id, string? spec, bool dryRun, CancellationToken cancellationToken) =>
        patient.Api.PostAsync<ImportRefresh>(
            $"tools/imports/{id}/refresh?dryRun={(dryRun ? "true" : "false")}",
            new { spec },
            cancellationToken
        );

    public Task DeleteAsync(Guid id, CancellationToken cancellationToken) => api.DeleteAsync($"tools/imports/{id}", cancellationToken);
}
