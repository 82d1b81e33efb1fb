using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwePlatform.Api.Toolbox.Listings;

/// <summary>As much of a listing as fits, as text and as JSON: both hold the same items, and each is within the budget.</summary>
internal sealed record ListingPage(string Text, JsonObject Data)
{
    // What it takes to say how to read on.
    private const int HintLength = 300;
    private const int MaxText = 80;
    private const int MaxList = 20;

    /// <param name="skip">How many items to leave out; null for what is shown to those who ask for no page.</param>
    /// <param name="maxCharacters">How long the text may be, and the JSON.</param>
    /// <param name="next">The call that gives what follows after so many items.</param>
    public static ListingPage Take(Listing listing, int? skip, int maxCharacters, Func<int, string> next)
    {
        if (skip is null && listing.Whole is { } whole && whole.Length <= maxCharacters)
        {
            return new(whole, Serialize(listing, 0, listing.Items.Count));
        }
        var count = skip is null ? listing.AtFirst ?? listing.Items.Count : listing.Items.Count;
        var fromEnd = skip is null && listing.FromEnd;
        var head = skip > 0 ? "" : TextCut.End(listing.Head, maxCharacters / 2);
        var room = Math.Max(0, maxCharacters - head.Length - HintLength);
        var (start, end) = fromEnd ? LastThatFit(listing, count, room) : FirstThatFit(listing, Math.Min(skip ?? 0, count), count, room);
        var data = Serialize(listing, start, end);
        for (var length = Length(data); length > maxCharacters - HintLength && end > start; length = Length(data))
        {
            var kept = Math.Min(end - start - 1, (int)((long)(end - start) * (maxCharacters - HintLength) / length));
            (start, end) = fromEnd ? (end - kept, end) : (start, start + kept);
            data = Serialize(listing, start, end);
        }
        if (Length(data) > maxCharacters - HintLength)
        {
            data = Shorten(data).AsObject();
        }
        if (start == end && start < count)
        {
            // An item that is too long as JSON is there as text only, or nobody would get beyond it.
            end++;
        }
        var isCut = end < count || (fromEnd && start > 0);
        if (isCut || start > 0)
        {
            data["page"] = new JsonObject
            {
                ["skipped"] = start,
                ["shown"] = end - start,
                ["of"] = count,
            };
        }
        var hint =
            isCut
                ? $"[{listing.Noun} {start + 1}-{end} of {count}; "
                    + (end < count ? $"more: {next(end)}" : $"from the first: {next(0)}")
                    + (listing.Advice is null ? "]" : $". {listing.Advice}]")
            : listing.Advice is not null && end == listing.Items.Count ? $"[{listing.Advice}]"
            : null;
        return new(Write(listing, head, start, end, room, hint), data);
    }

    private static string Write(Listing listing, string head, int start, int end, int room, string? hint)
    {
        var text = new StringBuilder(head);
        string? heading = null;
        for (var index = start; index < end; index++)
        {
            var item = listing.Items[index];
            if (item.Heading != heading)
            {
                heading = item.Heading;
                AppendLine(text, heading ?? "");
            }
            AppendLine(text, end == start + 1 ? TextCut.End(item.Text, room) : item.Text);
        }
        if (hint is not null)
        {
            AppendLine(text, hint);
        }
        return text.ToString();
    }

    private static void AppendLine(StringBuilder text, string line)
    {
        if (text.Length > 0)
        {
            text.Append('\n');
        }
        text.Append(line);
    }

    private static (int Start, int End) FirstThatFit(Listing listing, int start, int count, int room)
    {
        string? heading = null;
        var end = start;
        while (end < count)
        {
            var item = listing.Items[end];
            room -= item.Text.Length + 1 + (item.Heading is { } own && own != heading ? own.Length + 1 : 0);
            if (room < 0 && end > start)
            {
                break;
            }
            heading = item.Heading;
            end++;
        }
        return (start, end);
    }

    private static (int Start, int End) LastThatFit(Listing listing, int count, int room)
    {
        var start = count;
        while (start > 0)
        {
            var item = listing.Items[start - 1];
            room -= item.Text.Length + 1 + (item.Heading?.Length ?? 0);
            if (room < 0 && start < count)
            {
                break;
            }
            start--;
        }
        return (start, count);
    }

    private static JsonObject Serialize(Listing listing, int start, int end)
    {
        var data = listing.Data(start, end);
        return JsonSerializer.SerializeToNode(data, data.GetType(), ToolJson.Options)!.AsObject();
    }

    // What is left when there is no item to leave out: texts that say something of all of them.
    private static JsonNode Shorten(JsonNode node)
    {
        switch (node)
        {
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return JsonValue.Create(TextCut.End((string)value!, MaxText));
            case JsonArray list:
                return new JsonArray([.. list.Take(MaxList).Select(item => item is null ? null : Shorten(item))]);
            case JsonObject item:
                return new JsonObject(
                    item.Take(MaxList)
                        .Select(member => KeyValuePair.Create(member.Key, member.Value is null ? null : Shorten(member.Value)))
                );
            default:
                return node.DeepClone();
        }
    }

    private static int Length(JsonObject data) => data.ToJsonString(ToolJson.Options).Length;
}
