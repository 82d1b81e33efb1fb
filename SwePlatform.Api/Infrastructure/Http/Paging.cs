using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Infrastructure.Http;

/// <summary>The part of a list that is asked for.</summary>
/// <remarks>The attributes are on the properties: on the parameters they break the OpenAPI document.</remarks>
public sealed record Page(
    [property: Range(0, int.MaxValue), Description("How many items to leave out at the start.")] int Skip = 0,
    [property: Range(1, 500), Description("How many items to return at most.")] int Limit = 100
);

/// <summary>A part of a list, and how long the whole list is.</summary>
public sealed record PagedList<T>(IReadOnlyList<T> Items, int Skip, int Limit, long Total);

/// <summary>
/// A part of a long list. <paramref name="Cursor"/> names its last item: passed back as <c>cursor</c>, it returns
/// what follows at a cost that does not grow with depth. It is null at the end.
/// </summary>
public sealed record KeysetList<T>(IReadOnlyList<T> Items, int Skip, int Limit, long Total, string? Cursor);
