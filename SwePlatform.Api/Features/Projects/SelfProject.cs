using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Repositories.Clones;

namespace SwePlatform.Api.Features.Projects;

/// <summary>
/// On the first start, registers the platform's own repository, so that the first tool call has real code to work on.
/// On later starts it is synced if it is still there: whoever deleted it does not get it back.
/// </summary>
internal sealed class SelfProject(
    IDbContextFactory<SweDbContext> contexts,
    IOptions<RepositoryOptions> options,
    IOptions<AuthOptions> auth,
    TimeProvider time
) : IHostedService
{
    public const string Name = "swe-platform";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.SelfRepository is not { Length: > 0 } path)
        {
            return;
        }
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var email = User.Normalize(auth.Value.AdminEmail);
        var admin = await data
            .Users.Where(user => user.Email == email)
            .Select(user => (Guid?)user.Id)
            .FirstOrDefaultAsync(cancellationToken);
        if (admin is null)
        {
            return;
        }

        var now = time.GetUtcNow();
        var known = await data
            .Projects.Where(project => project.UserId == admin && project.Name == Name && project.RepositoryUrl == path)
            .ExecuteUpdateAsync(set => set.SetProperty(project => project.SyncRequestedAt, now), cancellationToken);
        var first =
            known == 0
            && !await data.Projects.AnyAsync(cancellationToken)
            && !await data.AuditEntries.AnyAsync(entry => entry.EventType.StartsWith("project."), cancellationToken);
        if (first)
        {
            data.Projects.Add(
                new()
                {
                    UserId = admin.Value,
                    Name = Name,
                    RepositoryUrl = path,
                    CreatedAt = now,
                    UpdatedAt = now,
                    SyncRequestedAt = now,
                }
            );
            await SaveAsync(data, cancellationToken);
        }
    }

    private static async Task SaveAsync(SweDbContext data, CancellationToken cancellationToken)
    {
        try
        {
            await data.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (UniqueViolation.IsCause(exception))
        {
            // Another replica that started at the same time has registered it.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
