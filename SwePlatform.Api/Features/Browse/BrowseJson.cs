using System.Text.Json.Serialization;
using SwePlatform.Api.Toolbox.Code;
using SwePlatform.Api.Toolbox.Git;

namespace SwePlatform.Api.Features.Browse;

/// <summary>How the contracts of this feature are read and written, made by the compiler.</summary>
[JsonSerializable(typeof(BrowseTreeResponse))]
[JsonSerializable(typeof(HistoryResponse))]
[JsonSerializable(typeof(GitBlameResult))]
[JsonSerializable(typeof(GitShowResult))]
[JsonSerializable(typeof(GitBranchesResult))]
[JsonSerializable(typeof(CodeOutlineResult))]
[JsonSerializable(typeof(CodeStatsResult))]
internal sealed partial class BrowseJson : JsonSerializerContext;
