namespace SwePlatform.Api.Features.Projects;

/// <summary>What ends with its project. Registered by features that projects know nothing of.</summary>
internal interface IProjectDependent
{
    /// <summary>The project is about to be deleted: what runs on it, on whichever replica, is asked to end.</summary>
    Task OnDeletingAsync(Guid projectId, CancellationToken cancellationToken);

    /// <summary>The project is deleted: what runs on it here ends now.</summary>
    void OnDeleted(Guid projectId);
}
