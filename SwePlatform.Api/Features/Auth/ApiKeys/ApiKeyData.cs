using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Auth.ApiKeys;

/// <summary>The tables of this feature.</summary>
internal static class ApiKeyData
{
    extension(SweDbContext data)
    {
        public DbSet<ApiKey> ApiKeys => data.Set<ApiKey>();
    }
}
