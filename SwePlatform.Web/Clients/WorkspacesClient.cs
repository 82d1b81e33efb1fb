using System.Globalization;

namespace SwePlatform.Web.Clients;

public sealed record WorkspaceDto(
    Guid Id,
    Guid ProjectId,
    string Name,
    string Branch,
    string FromCommit,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt
);

public sealed record NewWorkspaceDto(string Name, string? FromRef);

public sealed record WorkspaceFileChangeDto(string Path, string? OldPath, string Status, int? Additions, int? Deletions);

public sealed record WorkspaceDiffDto(
    string FromCommit,
    string Commit,
    IReadOnlyList<WorkspaceFileChangeDto> Files,
    string Patch,
    bool PatchTruncated
);

/// <summary>The branches of a project where tools may write.</summary>
internal sealed class WorkspacesClient(ApiConnection api)
{
    public Task<PageDto<WorkspaceDto>> ListAsync(Guid projectId, int skip, int limit, CancellationToken cancellationToken) =>
        api.GetAsync<PageDto<WorkspaceDto>>(
            string.Create(CultureInfo.InvariantCulture, $"projects/{projectId}/workspaces?skip={skip}&limit={limit}"),
            cancellationToken
        );

    public Task<WorkspaceDto> CreateAsync(Guid projectId, NewWorkspaceDto workspace, CancellationToken cancellationToken) =>
        api.PostAsync<WorkspaceDto>($"projects/{projectId}/workspaces", workspace, cancellationToken);

    public Task DeleteAsync(Guid projectId, string name, CancellationToken cancellationToken) =>
        api.DeleteAsync($"projects/{projectId}/workspaces/{Uri.EscapeDataString(name)}", cancellationToken);

    public Task<WorkspaceDiffDto> DiffAsync(Guid projectId, string name, bool uncommitted, CancellationToken cancellationToken) =>
        api.GetAsync<WorkspaceDiffDto>(
            $"projects/{projectId}/workspaces/{Uri.EscapeDataString(name)}/diff?uncommitted={(uncommitted ? "true" : "false")}",
            cancellationToken
        );
}
