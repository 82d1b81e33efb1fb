using System.Text.Json.Serialization;
using SwePlatform.Api.Features.ApiKeys;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Features.Configuration;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Features.LoadTests;
using SwePlatform.Api.Features.Performance.Checks;
using SwePlatform.Api.Features.Performance.Database;
using SwePlatform.Api.Features.Performance.Database.Changes;
using SwePlatform.Api.Features.Performance.SlowRequests;
using SwePlatform.Api.Features.Performance.Summary;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Features.Tools.Imports;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Features.Workspaces;

namespace SwePlatform.Api.Infrastructure;

/// <summary>
/// How the contracts are read and written, made by the compiler: the first request of each kind needs no reflection. Names
/// and rules are those of <see cref="HttpContract.ApplyJson"/>. A test compares this list with the endpoints.
/// </summary>
[JsonSerializable(typeof(ExecuteToolRequest))]
[JsonSerializable(typeof(ExecuteToolResponse))]
[JsonSerializable(typeof(ToolListResponse))]
[JsonSerializable(typeof(ToolResponse))]
[JsonSerializable(typeof(CreateImportRequest))]
[JsonSerializable(typeof(ChangeImportRequest))]
[JsonSerializable(typeof(RefreshImportRequest))]
[JsonSerializable(typeof(ImportResponse))]
[JsonSerializable(typeof(PagedList<ImportResponse>))]
[JsonSerializable(typeof(RefreshResponse))]
[JsonSerializable(typeof(ExecutionResponse))]
[JsonSerializable(typeof(KeysetList<ExecutionSummary>))]
[JsonSerializable(typeof(ProjectResponse))]
[JsonSerializable(typeof(PagedList<ProjectResponse>))]
[JsonSerializable(typeof(CreateProjectRequest))]
[JsonSerializable(typeof(UpdateProjectRequest))]
[JsonSerializable(typeof(WorkspaceResponse))]
[JsonSerializable(typeof(PagedList<WorkspaceResponse>))]
[JsonSerializable(typeof(WorkspaceDiffResponse))]
[JsonSerializable(typeof(CreateWorkspaceRequest))]
[JsonSerializable(typeof(UserResponse))]
[JsonSerializable(typeof(UpdateUserRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(CodeLoginRequest))]
[JsonSerializable(typeof(LoginResponse))]
[JsonSerializable(typeof(SignInCodeResponse))]
[JsonSerializable(typeof(LogoutRequest))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(CreateApiKeyRequest))]
[JsonSerializable(typeof(CreatedApiKeyResponse))]
[JsonSerializable(typeof(PagedList<ApiKeyResponse>))]
[JsonSerializable(typeof(SettingResponse))]
[JsonSerializable(typeof(PagedList<SettingResponse>))]
[JsonSerializable(typeof(PutSettingRequest))]
[JsonSerializable(typeof(AuditEntryResponse))]
[JsonSerializable(typeof(KeysetList<AuditEntryResponse>))]
[JsonSerializable(typeof(AuditSummary))]
[JsonSerializable(typeof(AuditVerification))]
[JsonSerializable(typeof(PerformanceSummary))]
[JsonSerializable(typeof(PerformanceTimeline))]
[JsonSerializable(typeof(CacheReport))]
[JsonSerializable(typeof(ResourceReport))]
[JsonSerializable(typeof(SlowRequestList))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(DatabaseReport))]
[JsonSerializable(typeof(IndexReport))]
[JsonSerializable(typeof(IndexChangeRequest))]
[JsonSerializable(typeof(IndexChangeResponse))]
[JsonSerializable(typeof(CreateLoadTestRequest))]
[JsonSerializable(typeof(LoadTestResponse))]
[JsonSerializable(typeof(LoadTestSummary))]
[JsonSerializable(typeof(LoadTestComparison))]
[JsonSerializable(typeof(KeysetList<LoadTestSummary>))]
internal sealed partial class ApiJson : JsonSerializerContext;
