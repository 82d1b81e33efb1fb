using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlScalar = YamlDotNet.Core.Events.Scalar;

namespace SwePlatform.Api.Features.Imports.OpenApi;

/// <summary>
/// Reads YAML as the JSON that it stands for, by the rules of YAML 1.2 (<c>yes</c> is a text). Depth and number of
/// nodes are limited, those that aliases repeat included.
/// </summary>
internal sealed partial class YamlToJson
{
    private const int MaxDepth = 200;
    private const int MaxNodes = 5_000_000;

    private readonly Dictionary<string, JsonNode?> _anchors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _sizes = new(StringComparer.Ordinal);
    private readonly IParser _parser;
    private int _nodes;

    private YamlToJson(IParser parser) => _parser = parser;

    /// <exception cref="DocumentException">It is not YAML, or too much of it.</exception>
    public static JsonElement Read(string text)
    {
        try
        {
            // The parser refuses a literal block whose only lines are blank and further in than its neighbours.
            var parser = new Parser(new StringReader(Blank().Replace(text, "")));
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            return JsonSerializer.SerializeToElement(new YamlToJson(parser).ReadNode(0), SchemaKeywords.Deep);
        }
        catch (YamlException exception)
        {
            throw new DocumentException($"The document is not valid YAML: line {exception.Start.Line}, column {exception.Start.Column}.");
        }
    }

    private JsonNode? ReadNode(int depth)
    {
        Count(1);
        if (depth > MaxDepth)
        {
            throw new DocumentException($"The document is nested deeper than {MaxDepth} levels.");
        }
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Repeat(alias.Value.Value);
        }
        var before = _nodes;
        var anchor = _parser.Current is NodeEvent { Anchor: { IsEmpty: false } name } ? name.Value : null;
        JsonNode? node =
            _parser.TryConsume<YamlScalar>(out var scalar) ? Value(scalar)
            : _parser.TryConsume<SequenceStart>(out _) ? ReadSequence(depth)
            : ReadMapping(depth);
        if (anchor is not null)
        {
            _anchors[anchor] = node;
            _sizes[anchor] = _nodes - before + 1;
        }
        return node;
    }

    private JsonNode? Repeat(string name)
    {
        if (!_anchors.TryGetValue(name, out var node))
        {
            throw new DocumentException($"The document uses the anchor '{name}' before it ends.");
        }
        // Counted before it is copied: aliases of aliases grow without end.
        Count(_sizes[name]);
        return node?.DeepClone();
    }

    private JsonArray ReadSequence(int depth)
    {
        var items = new JsonArray();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }
        return items;
    }

    private JsonObject ReadMapping(int depth)
    {
        _parser.Consume<MappingStart>();
        var members = new JsonObject();
        var merged = new List<JsonNode?>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = _parser.Consume<YamlScalar>();
            var value = ReadNode(depth + 1);
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
            {
                merged.AddRange(value is JsonArray several ? several : [value]);
            }
            else if (!members.TryAdd(key.Value, value))
            {
                throw new DocumentException($"The document has the key '{key.Value}' twice, in line {key.Start.Line}.");
            }
        }
        foreach (var (name, value) in merged.OfType<JsonObject>().SelectMany(other => other))
        {
            members.TryAdd(name, value?.DeepClone());
        }
        return members;
    }

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > MaxNodes)
        {
            throw new DocumentException($"The document has more than {MaxNodes} parts, with those that its aliases repeat.");
        }
    }

    private static JsonValue? Value(YamlScalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when Integer().IsMatch(text)
                    && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) =>
                JsonValue.Create(integer),
            _ when Number().IsMatch(text)
                    && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    && double.IsFinite(number) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }

    [GeneratedRegex("^[ \t]+$", RegexOptions.Multiline)]
    private static partial Regex Blank();

    [GeneratedRegex("^[-+]?[0-9]+$")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Number();
}
