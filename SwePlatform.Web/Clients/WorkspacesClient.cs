using System.Globalization;

namespace SwePlatform.Web.Clients;

public sealed record Workspace(
    Guid Id,
    Guid ProjectId,
    string Name,
    string Branch,
    string FromCommit,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt
);

public sealed record NewWorkspace(string Name, string? FromRef);

public sealed record WorkspaceFileChange(string Path, string? OldPath, string Status, int? Additions, int? Deletions);

public sealed record WorkspaceDiff(
    string FromCommit,
    string Commit,
    IReadOnlyList<WorkspaceFileChange> Files,
    string Patch,
    bool PatchTruncated
);

/// <summary>The branches of a project where tools may write.</summary>
internal sealed class WorkspacesClient(ApiConnection api)
{
    public Task<Page<Workspace>> ListAsync(Guid projectId, int skip, int limit, CancellationToken cancellationToken) =>
        api.GetAsync<Page<Workspace>>(
            string.Create(CultureInfo.InvariantCulture, $"projects/{projectId}/workspaces?skip={skip}&limit={limit}"),
            cancellationToken
        );

    public Task<Workspace> CreateAsync(Guid projectId, NewWorkspace workspace, CancellationToken cancellationToken) =>
        api.PostAsync<Workspace>($"projects/{projectId}/workspaces", workspace, cancellationToken);

    public Task DeleteAsync(Guid projectId, string name, CancellationToken cancellationToken) =>
        api.DeleteAsync($"projects/{projectId}/workspaces/{Uri.EscapeDataString(name)}", cancellationToken);

    public Task<WorkspaceDiff> DiffAsync(Guid projectId, string name, bool uncommitted, CancellationToken cancellationToken) =>
        api.GetAsync<WorkspaceDiff>(
            $"projects/{projectId}/workspaces/{Uri.EscapeDataString(name)}/diff?uncommitted={(uncommitted ? "true" : "false")}",
            cancellationToken
        );
}
