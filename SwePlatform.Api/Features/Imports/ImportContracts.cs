using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using SwePlatform.Api.Features.Imports.Http;
using SwePlatform.Api.Features.Imports.OpenApi;

namespace SwePlatform.Api.Features.Imports;

internal static class ImportName
{
    public const int MaxLength = 24;

    // Without '_': agents that cannot say a dot write one for it.
    public const string Pattern = "^[a-z][a-z0-9-]{0,23}$";
    public const string Message = "A name starts with a lower-case letter and has at most 24 lower-case letters, digits and '-'.";

    /// <summary>What tools of MCP are called, and what is kept for later.</summary>
    public static readonly string[] Reserved =
    [
        "projects",
        "workspaces",
        "executions",
        "results",
        "tools",
        "http",
        "mcp",
        "test",
        "imports",
        "swe",
        "platform",
    ];
}

/// <param name="Name">What the tools' names start with, before the dot.</param>
/// <param name="SpecUrl">Where the OpenAPI document is; or else:</param>
/// <param name="Spec">The document: as an object, or JSON or YAML as text.</param>
/// <param name="BaseUrl">Where the API is; the document's first server if absent.</param>
/// <param name="Credential">What the API asks of its callers. Kept encrypted, never shown, sent to the API only.</param>
public sealed record CreateImportRequest(
    [Required, RegularExpression(ImportName.Pattern, ErrorMessage = ImportName.Message)] string Name,
    [StringLength(2000, MinimumLength = 1)] string? SpecUrl = null,
    JsonElement? Spec = null,
    [StringLength(2000, MinimumLength = 1)] string? BaseUrl = null,
    Credential? Credential = null
);

/// <param name="Credential">Takes the place of the one before.</param>
/// <param name="RemoveCredential">Forget the credential.</param>
/// <param name="Shared">Whether every user has the tools; for administrators to say.</param>
public sealed record ChangeImportRequest(
    [StringLength(2000, MinimumLength = 1)] string? BaseUrl = null,
    Credential? Credential = null,
    bool RemoveCredential = false,
    bool? Shared = null
);

/// <param name="Spec">The new document, for an import that was made without an address.</param>
public sealed record RefreshImportRequest(JsonElement? Spec = null);

public sealed record RefreshQuery([property: Description("Show only what would change.")] bool DryRun = false);

/// <param name="ToolCount">How many operations became tools.</param>
/// <param name="SkippedCount">How many did not.</param>
/// <param name="Skipped">The first 500 of these, with the reason; not in lists.</param>
public sealed record ImportResponse(
    Guid Id,
    Guid UserId,
    string Name,
    string? Title,
    string OpenApiVersion,
    string? SpecUrl,
    string BaseUrl,
    bool HasCredential,
    bool Shared,
    int ToolCount,
    int SkippedCount,
    IReadOnlyList<SkippedOperation>? Skipped,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
);

/// <summary>What a refresh did, or would do, by the names of the tools.</summary>
public sealed record RefreshResponse(
    bool DryRun,
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Removed,
    IReadOnlyList<string> Changed,
    IReadOnlyList<string> Unchanged,
    int SkippedCount,
    IReadOnlyList<SkippedOperation> Skipped
);
