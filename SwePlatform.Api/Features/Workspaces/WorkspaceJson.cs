using System.Text.Json.Serialization;
using SwePlatform.Api.Infrastructure.Http;

namespace SwePlatform.Api.Features.Workspaces;

/// <summary>How the contracts of this feature are read and written, made by the compiler.</summary>
[JsonSerializable(typeof(WorkspaceResponse))]
[JsonSerializable(typeof(PagedList<WorkspaceResponse>))]
[JsonSerializable(typeof(WorkspaceDiffResponse))]
[JsonSerializable(typeof(CreateWorkspaceRequest))]
internal sealed partial class WorkspaceJson : JsonSerializerContext;
