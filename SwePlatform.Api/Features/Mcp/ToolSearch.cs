using System.Text;
using System.Text.Json;
using SwePlatform.Api.Toolbox;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>Finds tools by what they are for, where they are too many to be listed.</summary>
internal static class ToolSearch
{
    private const int Found = 10;
    private const int MaxText = 2000;
    private const int MaxDescription = 200;
    private const int MaxSchema = 4000;

    // How much a word of a tool's name counts beside one of its description.
    private const double NameWeight = 4;
    private const double ArgumentWeight = 0.5;

    private static readonly HashSet<string> Unsaid =
    [
        .. (
            "a an and are as at be by can do for from how i in into is it its me my of on one or our some that the their them this to "
            + "want we what which with you your"
        ).Split(' '),
    ];

    // Words that documents use for the same.
    private static readonly string[][] Same =
    [
        ["create", "add", "new", "make", "post", "register"],
        ["delete", "remove", "destroy", "drop"],
        ["get", "show", "read", "fetch", "retrieve", "view", "describe"],
        ["list", "all", "every", "index"],
        ["update", "edit", "modify", "change", "patch", "set", "replace", "rename"],
        ["search", "find", "look"],
    ];

    private static readonly Dictionary<string, string> Stems = Same.SelectMany(words => words.Select(word => (word, words[0])))
        .ToDictionary(pair => Stem(pair.word), pair => Stem(pair.Item2), StringComparer.Ordinal);

    public static Listing Find(string query, IReadOnlyCollection<ITool> tools)
    {
        var exact = tools.FirstOrDefault(tool => McpNames.Of(tool.Name) == McpNames.Of(query.Trim()));
        var found = exact is not null ? [exact] : Rank(query, tools);
        return new(
            found.Count == 0 ? "No tool is like that; other words may find one." : "Call one with tools_call.",
            Listing.Lines(found.Select(Describe)),
            (start, end) =>
                new
                {
                    tools = found
                        .Take(start..end)
                        .Select(tool => new
                        {
                            name = McpNames.Of(tool.Name),
                            description = TextCut.End(tool.Brief, MaxDescription),
                            inputSchema = exact is not null || tool.InputSchema.GetRawText().Length <= MaxSchema
                                ? tool.InputSchema
                                : (JsonElement?)null,
                        }),
                }
        )
        {
            Noun = "tools",
            Advice =
                found.Any(tool => tool.InputSchema.GetRawText().Length > MaxSchema) && exact is null
                    ? "A search for a tool's name gives the whole schema of its arguments"
                    : null,
        };
    }

    // Okapi BM25, as search engines rank texts.
    private static List<ITool> Rank(string query, IReadOnlyCollection<ITool> tools)
    {
        const double saturation = 1.2;
        var wanted = Words(query).Distinct().ToList();
        var counted = tools.Select(tool => (Tool: tool, Counts: Count(tool))).ToList();
        var rarity = wanted.ToDictionary(
            word => word,
            word =>
                counted.Count(item => item.Counts.ContainsKey(word)) is var having
                    ? Math.Log(1 + ((counted.Count - having + 0.5) / (having + 0.5)))
                    : 0
        );
        return
        [
            .. counted
                .Select(item =>
                    (
                        item.Tool,
                        Score: wanted.Sum(word =>
                            item.Counts.TryGetValue(word, out var count)
                                ? rarity[word] * count * (saturation + 1) / (count + saturation)
                                : 0
                        )
                            // Of equals, the one that says less beside it is about nothing else.
                            / (1 + (0.02 * item.Counts.Count))
                    )
                )
                .Where(item => item.Score > 0)
                .OrderByDescending(item => item.Score)
                .ThenBy(item => item.Tool.Name, StringComparer.Ordinal)
                .Take(Found)
                .Select(item => item.Tool),
        ];
    }

    private static Dictionary<string, double> Count(ITool tool)
    {
        var counts = new Dictionary<string, double>(StringComparer.Ordinal);
        Add(tool.Name, NameWeight);
        Add(tool.Title, 1);
        Add(tool.Description, 1);
        foreach (var argument in Arguments(tool.InputSchema))
        {
            Add(argument.Name, ArgumentWeight);
        }
        return counts;

        void Add(string text, double weight)
        {
            foreach (var word in Words(text.Length > MaxText ? text[..MaxText] : text))
            {
                counts[word] = counts.GetValueOrDefault(word) + weight;
            }
        }
    }

    // "listPullRequests" is three words; of "requests" and "request" both are one.
    private static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        for (var index = 0; index <= text.Length; index++)
        {
            var next = index < text.Length ? text[index] : ' ';
            var begins = char.IsUpper(next) && word.Length > 0 && !char.IsUpper(text[index - 1]);
            if ((begins || !char.IsLetterOrDigit(next)) && word.Length > 0)
            {
                var stem = Stem(word.ToString().ToLowerInvariant());
                if (!Unsaid.Contains(word.ToString().ToLowerInvariant()))
                {
                    yield return Stems.GetValueOrDefault(stem, stem);
                }
                word.Clear();
            }
            if (char.IsLetterOrDigit(next))
            {
                word.Append(next);
            }
        }
    }

    private static string Stem(string word)
    {
        foreach (var (end, instead) in new[] { ("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", "") })
        {
            if (
                word.Length - end.Length >= 3
                && word.EndsWith(end, StringComparison.Ordinal)
                && !(end == "s" && word.EndsWith("ss", StringComparison.Ordinal))
            )
            {
                return word[..^end.Length] + instead;
            }
        }
        return word;
    }

    // "github_createIssue(owner, repo, title, ?body): Create an issue"
    private static string Describe(ITool tool)
    {
        var required = Required(tool.InputSchema);
        var arguments = Arguments(tool.InputSchema)
            .Select(argument => (argument.Name, Required: required.Contains(argument.Name)))
            .OrderByDescending(argument => argument.Required)
            .Take(20)
            .Select(argument => argument.Required ? argument.Name : $"?{argument.Name}");
        return $"{McpNames.Of(tool.Name)}({(tool.NeedsProject ? "?project, " : "")}{string.Join(", ", arguments)}): "
            + TextCut.End(tool.Brief.ReplaceLineEndings(" "), MaxDescription);
    }

    private static JsonElement.ObjectEnumerator Arguments(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object
        && schema.TryGetProperty("properties", out var properties)
        && properties.ValueKind == JsonValueKind.Object
            ? properties.EnumerateObject()
            : default;

    private static HashSet<string> Required(JsonElement schema) =>
        schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array
            ? [.. required.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)]
            : [];
}
