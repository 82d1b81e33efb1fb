namespace SwePlatform.Api.Workspaces;

internal static class WorkspaceSetup
{
    public static void AddWorkspaces(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<WorkspaceOptions>()
            .BindConfiguration(WorkspaceOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<GitProcess>();
        builder.Services.AddSingleton<GitBatches>();
        builder.Services.AddSingleton<LocalRepository>();
        builder.Services.AddSingleton<RepositoryAccess>();
        builder.Services.AddSingleton<RepositoryClone>();
        builder.Services.AddSingleton<TreeListing>();
        builder.Services.AddSingleton<SnapshotWriter>();
        builder.Services.AddSingleton<SnapshotCache>();
        builder.Services.AddSingleton<IWorkspaceStore, WorkspaceStore>();
        builder.Services.AddSingleton<WorkspaceLocks>();
        builder.Services.AddSingleton<WorkspaceQuota>();
        builder.Services.AddSingleton<Worktrees>();
        builder.Services.AddSingleton<WorktreeSnapshots>();
        builder.Services.AddSingleton<PackPruning>();
        builder.Services.AddSingleton<ObjectPruning>();
        builder.Services.AddSingleton<PruneWorker>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<PruneWorker>());
        builder.Services.AddSingleton<IBranchWorkspaceStore, BranchWorkspaceStore>();
    }
}
