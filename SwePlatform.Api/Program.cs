using SwePlatform.Api.Data;
using SwePlatform.Api.Features.ApiKeys;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Features.Configuration;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Features.LoadTests;
using SwePlatform.Api.Features.Mcp;
using SwePlatform.Api.Features.Performance;
using SwePlatform.Api.Features.Performance.Measuring;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Features.Workspaces;
using SwePlatform.Api.Infrastructure;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Infrastructure.RateLimits;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox;
using SwePlatform.Api.Workspaces;
using SwePlatform.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddParentWatch();
builder.AddDatabase();
builder.AddHttpContract();
builder.AddCaching();
builder.AddRateLimits();

builder.AddAudit();
builder.AddAuth();
builder.AddWorkspaces();
builder.AddProjects();
builder.AddSandbox();
builder.AddToolbox();
builder.AddTools();
builder.AddExecutions();
builder.AddConfiguration();
builder.AddLoadTests();
builder.AddMcp();
builder.AddPerformance();

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
api.MapApiKeys();
api.MapProjects();
api.MapWorkspaces();
api.MapTools();
api.MapExecutions();
api.MapAudit();
api.MapConfiguration();
api.MapPerformance();
api.MapLoadTests();

await app.RunAsync();
