using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Features.Database;
using SwePlatform.Api.Features.Diagnostics;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Features.Imports;
using SwePlatform.Api.Features.LoadTests;
using SwePlatform.Api.Features.Mcp;
using SwePlatform.Api.Features.Performance;
using SwePlatform.Api.Features.Performance.Measuring;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Features.Settings;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Features.Workspaces;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Infrastructure.Hosting;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.RateLimits;
using SwePlatform.Api.Repositories;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox;
using SwePlatform.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddParentWatch();
builder.AddDatabase();
builder.AddHttpContract();
builder.AddCaching();
builder.AddRateLimits();

builder.AddRepositories();
builder.AddSandbox();
builder.AddToolbox();

builder.AddAudit();
builder.AddUsers();
builder.AddAuth();
builder.AddSettings();
builder.AddProjects();
builder.AddWorkspaces();
builder.AddTools();
builder.AddImports();
builder.AddExecutions();
builder.AddMcp();
builder.AddPerformance();
builder.AddLoadTests();
builder.AddDatabaseReports();
builder.AddDiagnostics();

var app = builder.Build();

app.UseRequestContext();
app.UsePerformance();
app.UseHttpContract();
app.UseAuth();
app.UseCaching();

app.MapDefaultEndpoints(ProbeMeasurement.Measure);
app.MapApiDescription();
app.MapMcpServer();

var api = app.MapGroup("/api/v1");
api.MapAuth();
api.MapUsers();
api.MapSettings();
api.MapAudit();
api.MapProjects();
api.MapWorkspaces();
api.MapTools();
api.MapImports();
api.MapExecutions();
api.MapPerformance();
api.MapDatabaseReports();
api.MapDiagnostics();
api.MapLoadTests();

// Handlers are compiled when endpoints are first read: while the database is migrated, not while the first request waits.
_ = Task.Run(() => app.Services.GetRequiredService<EndpointDataSource>().Endpoints.Count);
await app.RunAsync();
