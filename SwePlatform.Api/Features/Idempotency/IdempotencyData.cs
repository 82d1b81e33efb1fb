using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Idempotency;

/// <summary>The tables of this feature.</summary>
internal static class IdempotencyData
{
    extension(SweDbContext data)
    {
        public DbSet<IdempotencyKey> IdempotencyKeys => data.Set<IdempotencyKey>();
    }
}
