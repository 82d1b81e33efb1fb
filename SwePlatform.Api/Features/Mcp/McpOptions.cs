using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>Bound from the section <c>Mcp</c>: who may call from within a browser, and under which name.</summary>
public sealed class McpOptions
{
    public const string Section = "Mcp";

    /// <summary>Names that the server may be called by, such as <c>swe.example.com</c> or <c>*.example.com</c>; any if empty.</summary>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>Pages that may call beside those of the server's own name, such as <c>https://inspector.example.com</c>.</summary>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>How many tokens an answer has at most, unless the call says otherwise.</summary>
    [Range(200, 100_000)]
    public int AnswerTokens { get; set; } = 4000;
}
