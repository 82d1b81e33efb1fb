using SwePlatform.Api.Features.Projects;

namespace SwePlatform.Api.Features.Executions;

/// <summary>Ends the executions of a project that is deleted.</summary>
internal sealed class ProjectExecutions(ExecutionStore store, ExecutionEngine engine) : IProjectDependent
{
    public Task OnDeletingAsync(Guid projectId, CancellationToken cancellationToken) =>
        store.RequestCancelOfProjectAsync(projectId, cancellationToken);

    public void OnDeleted(Guid projectId) => engine.CancelAll(projectId, "The project was deleted.");
}
