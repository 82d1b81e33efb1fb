using System.Globalization;

namespace SwePlatform.Web.Clients;

public sealed record Page<T>(IReadOnlyList<T> Items, int Skip, int Limit, long Total);

public sealed record ProjectOwner(Guid Id, string Email, string? DisplayName);

public sealed record Project(
    Guid Id,
    string Name,
    string RepositoryUrl,
    string? DefaultBranch,
    string Status,
    string? StatusMessage,
    string? HeadCommit,
    bool Syncing,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SyncedAt,
    ProjectOwner Owner
)
{
    /// <summary>Whether its state will change by itself: cloning for the first time, or fetching what is new.</summary>
    public bool IsBusy => Syncing || Status == "cloning";

    /// <summary>What it is doing or how it is, in a word.</summary>
    public string State => Syncing && Status != "cloning" ? "syncing" : Status;

    public bool IsReady => Status == "ready";

    public bool IsFailed => Status == "failed";
}

public sealed record NewProject(string Name, string RepositoryUrl, string? DefaultBranch);

/// <summary>Registered repositories.</summary>
internal sealed class ProjectsClient(ApiConnection api)
{
    public Task<Page<Project>> ListAsync(int skip, int limit, CancellationToken cancellationToken) =>
        api.GetAsync<Page<Project>>(string.Create(CultureInfo.InvariantCulture, $"projects?skip={skip}&limit={limit}"), cancellationToken);

    public Task<Project> GetAsync(Guid id, CancellationToken cancellationToken) =>
        api.GetAsync<Project>($"projects/{id}", cancellationToken);

    public Task<Project> CreateAsync(NewProject project, CancellationToken cancellationToken) =>
        api.PostAsync<Project>("projects", project, cancellationToken);

    public Task<Project> SyncAsync(Guid id, CancellationToken cancellationToken) =>
        api.PostAsync<Project>($"projects/{id}/sync", null, cancellationToken);

    public Task DeleteAsync(Guid id, CancellationToken cancellationToken) => api.DeleteAsync($"projects/{id}", cancellationToken);
}
