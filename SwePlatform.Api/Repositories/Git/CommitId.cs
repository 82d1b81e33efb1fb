namespace SwePlatform.Api.Repositories.Git;

/// <summary>A commit, and the tree it stands for.</summary>
internal sealed record CommitId(string Commit, string Tree);
