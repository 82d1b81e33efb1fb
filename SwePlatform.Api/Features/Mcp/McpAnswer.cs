using System.Text.Json;
using ModelContextProtocol.Protocol;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Toolbox;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>What agents get, short enough for a context window: text to read, and the same as JSON.</summary>
internal static class McpAnswer
{
    // What a token of English or code has on average.
    private const int CharactersPerToken = 4;

    public static CallToolResult Failed(string message) => new() { IsError = true, Content = [new TextContentBlock { Text = message }] };

    public static CallToolResult Failed(RequestException problem) =>
        Failed(
            problem.Errors is { } errors
                ? string.Join(
                    '\n',
                    errors.Select(error =>
                        $"{error.Key.Replace("arguments.", "", StringComparison.Ordinal)}: {string.Join(' ', error.Value)}"
                    )
                )
                : problem.Message
        );

    /// <summary>An answer that is short by its nature.</summary>
    public static CallToolResult Short(object value) => Of(ListingPage.Take(JsonListing.Of(value), null, int.MaxValue, _ => ""));

    public static CallToolResult Short(string text, object value) =>
        Of(ListingPage.Take(Listing.Of(text, value), null, int.MaxValue / 2, _ => ""));

    /// <summary>A page of a result.</summary>
    /// <param name="skip">How many items come before it; null for what a tool shows to those who ask for no page.</param>
    /// <param name="next">The tool and the arguments that give what follows after so many items.</param>
    public static CallToolResult Page(Listing listing, int? skip, int maxTokens, Func<int, (string Tool, object Arguments)> next) =>
        Of(
            ListingPage.Take(
                listing,
                skip,
                maxTokens * CharactersPerToken,
                from => next(from) is var (tool, arguments) ? $"{tool} {JsonSerializer.Serialize(arguments, ToolJson.Options)}" : ""
            )
        );

    /// <summary>A page of an execution's result.</summary>
    public static CallToolResult Page(Guid executionId, Listing listing, int? skip, int maxTokens) =>
        Page(listing, skip, maxTokens, from => (ExecutionTools.Output, new { executionId, skip = from }));

    /// <summary>Cuts what a tool says about its failure, which may be the answer of a server.</summary>
    public static CallToolResult Fit(CallToolResult answer, int maxTokens)
    {
        if (answer is { IsError: true, Content: [TextContentBlock message, ..] })
        {
            message.Text = TextCut.End(message.Text, maxTokens * CharactersPerToken);
        }
        return answer;
    }

    private static CallToolResult Of(ListingPage page) =>
        new() { Content = [new TextContentBlock { Text = page.Text }], StructuredContent = JsonSerializer.SerializeToElement(page.Data) };
}
