namespace SwePlatform.Api.Toolbox.Listings;

/// <summary>A line, or a few that belong together. Pages end between items.</summary>
/// <param name="Heading">What it is below; written once for all that follow each other, and again on top of a page.</param>
internal readonly record struct ListingItem(string Text, string? Heading = null);

/// <summary>A result as text made for reading, of which a page holds as much as fits.</summary>
/// <param name="Head">What is to be known of all of it.</param>
/// <param name="Data">The same as an object for JSON, with only the items from one index up to another.</param>
internal sealed record Listing(string Head, IReadOnlyList<ListingItem> Items, Func<int, int, object> Data)
{
    /// <summary>What the items are, such as <c>matches</c>.</summary>
    public string Noun { get; init; } = "lines";

    /// <summary>How to ask for less, or for what the result itself leaves out.</summary>
    public string? Advice { get; init; }

    /// <summary>How many items are shown to those who ask for no page; all that fit if null.</summary>
    public int? AtFirst { get; init; }

    /// <summary>All of it in other words, for where it fits.</summary>
    public string? Whole { get; init; }

    /// <summary>The end of it says most: it is what is shown to those who ask for no page.</summary>
    public bool FromEnd { get; init; }

    /// <summary>A result that is told in one line.</summary>
    public static Listing Of(string head, object data) => new(head, [], (_, _) => data);

    /// <summary>Items with nothing to be said of all of them.</summary>
    public static IReadOnlyList<ListingItem> Lines(IEnumerable<string> lines, string? heading = null) =>
        [.. lines.Select(line => new ListingItem(line, heading))];
}
