using System.Text.Json.Serialization;
using SwePlatform.Api.Features.ApiKeys;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Features.Performance.Checks;
using SwePlatform.Api.Features.Performance.SlowRequests;
using SwePlatform.Api.Features.Performance.Summary;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Features.Workspaces;

namespace SwePlatform.Api.Infrastructure;

/// <summary>
/// How the contracts are read and written, made by the compiler: the first request of each kind needs no reflection. What
/// is missing here is found by reflection; names and rules are those of <see cref="HttpContract.ApplyJson"/> for both.
/// </summary>
[JsonSerializable(typeof(ExecuteToolRequest))]
[JsonSerializable(typeof(ExecuteToolResponse))]
[JsonSerializable(typeof(ToolListResponse))]
[JsonSerializable(typeof(ExecutionResponse))]
[JsonSerializable(typeof(KeysetList<ExecutionSummary>))]
[JsonSerializable(typeof(ProjectResponse))]
[JsonSerializable(typeof(PagedList<ProjectResponse>))]
[JsonSerializable(typeof(CreateProjectRequest))]
[JsonSerializable(typeof(UpdateProjectRequest))]
[JsonSerializable(typeof(WorkspaceResponse))]
[JsonSerializable(typeof(CreateWorkspaceRequest))]
[JsonSerializable(typeof(UserResponse))]
[JsonSerializable(typeof(UpdateUserRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(LoginResponse))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(CreateApiKeyRequest))]
[JsonSerializable(typeof(CreatedApiKeyResponse))]
[JsonSerializable(typeof(KeysetList<AuditEntryResponse>))]
[JsonSerializable(typeof(PerformanceSummary))]
[JsonSerializable(typeof(PerformanceTimeline))]
[JsonSerializable(typeof(CacheReport))]
[JsonSerializable(typeof(ResourceReport))]
[JsonSerializable(typeof(SlowRequestList))]
[JsonSerializable(typeof(CheckReport))]
internal sealed partial class ApiJson : JsonSerializerContext;
