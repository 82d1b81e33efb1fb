using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Features.Imports.Http;

/// <summary>Bound from the section <c>Tools:Http</c>: what imported APIs may reach, and how much of it.</summary>
public sealed class OutboundOptions
{
    public const string Section = "Tools:Http";

    /// <summary>
    /// What may be reached although it is not public: <c>host</c>, <c>host:port</c>, or a network such as
    /// <c>10.1.0.0/16</c>. Public addresses need no entry.
    /// </summary>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>Follow redirects of requests that only read. Each step is checked like the first; credentials stay behind.</summary>
    public bool AllowRedirects { get; set; }

    /// <summary>The largest OpenAPI document that is read, in bytes.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxDocumentBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>How long a document may take to arrive.</summary>
    public TimeSpan DownloadLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How much of an answer of an imported API is read, in bytes.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxResponseBytes { get; set; } = 1024 * 1024;

    /// <summary>How long one try of a request may take.</summary>
    public TimeSpan AttemptLimit { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a call may take, with all its tries.</summary>
    public TimeSpan CallLimit { get; set; } = TimeSpan.FromSeconds(55);

    /// <summary>How many imports one user may have.</summary>
    [Range(1, 10_000)]
    public int MaxImportsPerUser { get; set; } = 50;

    /// <summary>How many operations one document may have.</summary>
    [Range(1, 100_000)]
    public int MaxOperations { get; set; } = 5000;
}
