using System.Globalization;

namespace SwePlatform.Web.Clients;

public sealed record PageDto<T>(IReadOnlyList<T> Items, int Skip, int Limit, long Total);

public sealed record ProjectOwnerDto(Guid Id, string Email, string? DisplayName);

public sealed record ProjectDto(
    Guid Id,
    string Name,
    string RepositoryUrl,
    string? DefaultBranch,
    string Status,
    string? StatusMessage,
    string? HeadCommit,
    bool Syncing,
    bool AllowNetwork,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SyncedAt,
    ProjectOwnerDto Owner
)
{
    /// <summary>Whether its state will change by itself: cloning for the first time, or fetching what is new.</summary>
    public bool IsBusy => Syncing || Status == "cloning";

    /// <summary>What it is doing or how it is, in a word.</summary>
    public string State => Syncing && Status != "cloning" ? "syncing" : Status;

    public bool IsReady => Status == "ready";

    public bool IsFailed => Status == "failed";
}

public sealed record NewProjectDto(string Name, string RepositoryUrl, string? DefaultBranch);

/// <summary>Changes to a project; what is null stays.</summary>
public sealed record ProjectChangeDto(string? Name = null, string? DefaultBranch = null, bool? AllowNetwork = null);

/// <summary>Registered repositories.</summary>
internal sealed class ProjectsClient(ApiConnection api)
{
    public Task<PageDto<ProjectDto>> ListAsync(int skip, int limit, CancellationToken cancellationToken) =>
        api.GetAsync<PageDto<ProjectDto>>(
            string.Create(CultureInfo.InvariantCulture, $"projects?skip={skip}&limit={limit}"),
            cancellationToken
        );

    public Task<ProjectDto> GetAsync(Guid id, CancellationToken cancellationToken) =>
        api.GetAsync<ProjectDto>($"projects/{id}", cancellationToken);

    public Task<ProjectDto> CreateAsync(NewProjectDto project, CancellationToken cancellationToken) =>
        api.PostAsync<ProjectDto>("projects", project, cancellationToken);

    public Task<ProjectDto> UpdateAsync(Guid id, ProjectChangeDto change, CancellationToken cancellationToken) =>
        api.PatchAsync<ProjectDto>($"projects/{id}", change, cancellationToken);

    public Task<ProjectDto> SyncAsync(Guid id, CancellationToken cancellationToken) =>
        api.PostAsync<ProjectDto>($"projects/{id}/sync", null, cancellationToken);

    public Task DeleteAsync(Guid id, CancellationToken cancellationToken) => api.DeleteAsync($"projects/{id}", cancellationToken);
}
