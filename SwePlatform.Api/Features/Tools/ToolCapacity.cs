using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SwePlatform.Api.Features.Tools;

/// <summary>Bound from the section <c>Tools</c>.</summary>
public sealed class ToolOptions
{
    public const string Section = "Tools";

    /// <summary>How many tools run at the same time on one replica; further ones wait. Zero means two for each processor.</summary>
    [Range(0, 10_000)]
    public int Concurrency { get; set; }
}

/// <summary>
/// Places for tools to run in. More tools at once than processors can serve would only make each of them slower and
/// take memory for all.
/// </summary>
internal sealed class ToolCapacity(IOptions<ToolOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.Value.Concurrency > 0 ? options.Value.Concurrency : 2 * Environment.ProcessorCount);

    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        return new Place(_places);
    }

    public void Dispose() => _places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
