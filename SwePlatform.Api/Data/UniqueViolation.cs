using Microsoft.EntityFrameworkCore;
using Npgsql;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Data;

/// <summary>What two requests wanted at the same time, and only one can have.</summary>
internal static class UniqueViolation
{
    /// <param name="constraint">The one that was violated; any if null.</param>
    public static bool IsCause(Exception exception, string? constraint = null) =>
        (exception as PostgresException ?? exception.InnerException)
            is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } violation
        && (constraint is null || violation.ConstraintName == constraint);

    /// <summary>Saves, and answers 409 with <paramref name="conflict"/> where another row is in the way.</summary>
    /// <param name="but">A constraint whose violation is the caller's to handle.</param>
    /// <exception cref="RequestException">409: the row is there already.</exception>
    public static async Task SaveOrConflictAsync(
        this SweDbContext data,
        string conflict,
        CancellationToken cancellationToken,
        string? but = null
    )
    {
        try
        {
            await data.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (IsCause(exception) && (but is null || !IsCause(exception, but)))
        {
            throw RequestException.Conflict(conflict);
        }
    }
}
