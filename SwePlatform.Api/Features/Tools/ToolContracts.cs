using System.Text.Json;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Tools;

/// <param name="InputSchema">JSON Schema (2020-12) of the arguments.</param>
/// <param name="OutputSchema">JSON Schema of the result.</param>
/// <param name="NeedsProject">Whether a call has to name a project.</param>
public sealed record ToolResponse(
    string Name,
    string Title,
    string Description,
    string Category,
    JsonElement InputSchema,
    JsonElement OutputSchema,
    ToolAnnotations Annotations,
    double TimeoutSeconds,
    bool NeedsProject
);

public sealed record ToolListResponse(IReadOnlyList<ToolResponse> Tools);
