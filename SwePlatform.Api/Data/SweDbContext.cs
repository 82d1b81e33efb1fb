using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Features.ApiKeys;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Features.Configuration;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Features.LoadTests;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Features.Tools.Imports;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Features.Workspaces;

namespace SwePlatform.Api.Data;

internal sealed class SweDbContext(DbContextOptions<SweDbContext> options) : DbContext(options)
{
    public const string AuthSchema = "auth";
    public const string AuditSchema = "audit";

    public DbSet<User> Users => Set<User>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();
    public DbSet<SignInCode> SignInCodes => Set<SignInCode>();
    public DbSet<SignInFailure> SignInFailures => Set<SignInFailure>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<Project> Projects => Set<Project>();
    public DbSet<Workspace> Workspaces => Set<Workspace>();
    public DbSet<Execution> Executions => Set<Execution>();
    public DbSet<ExecutionOutput> ExecutionOutputs => Set<ExecutionOutput>();
    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();
    public DbSet<CachedResult> CachedResults => Set<CachedResult>();
    public DbSet<LoadTestRun> LoadTestRuns => Set<LoadTestRun>();
    public DbSet<ToolImport> ToolImports => Set<ToolImport>();
    public DbSet<Setting> Settings => Set<Setting>();
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(SweDbContext).Assembly);
}
