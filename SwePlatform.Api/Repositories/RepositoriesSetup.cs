using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Pruning;
using SwePlatform.Api.Repositories.Snapshots;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Repositories;

internal static class RepositoriesSetup
{
    public static void AddRepositories(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddSingleton<ReplicaFolder>()
            .AddOptions<WorkspaceOptions>()
            .BindConfiguration(WorkspaceOptions.Section)
            .PostConfigure<ReplicaFolder>(
                (options, folder) => options.Root = options.PerReplica ? folder.Claim(options.Root) : options.Root
            )
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder
            .Services.AddOptions<RepositoryOptions>()
            .BindConfiguration(RepositoryOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<GitProcess>();
        builder.Services.AddSingleton<GitBatches>();
        builder.Services.AddSingleton<LocalRepository>();
        builder.Services.AddSingleton<RepositoryAccess>();
        builder.Services.AddSingleton<CloneFetch>();
        builder.Services.AddSingleton<TreeListing>();
        builder.Services.AddSingleton<SnapshotWriter>();
        builder.Services.AddSingleton<SnapshotCache>();
        builder.Services.AddSingleton<CloneStore>();
        builder.Services.AddSingleton<WorkspaceLocks>();
        builder.Services.AddSingleton<WorkspaceQuota>();
        builder.Services.AddSingleton<GitWorktrees>();
        builder.Services.AddSingleton<WorktreeSnapshots>();
        builder.Services.AddSingleton<PackPruning>();
        builder.Services.AddSingleton<ObjectPruning>();
        builder.Services.AddSingleton<WorkspaceStore>();
    }
}
