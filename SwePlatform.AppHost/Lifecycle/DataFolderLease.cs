namespace SwePlatform.AppHost.Lifecycle;

/// <summary>Holds the data folder until everything that works in it has ended.</summary>
internal sealed record DataFolderLease(DataFolder Folder);
