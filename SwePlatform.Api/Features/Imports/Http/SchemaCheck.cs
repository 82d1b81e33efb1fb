using System.Text.Json;
using SwePlatform.Api.Features.Database.Catalog;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Imports.Http;

/// <summary>
/// Checks arguments against the schema of an imported operation. The schema is untrusted, so the work is bounded:
/// a general validator tries every branch of every alternative, and its patterns, for as long as that takes. What is
/// not checked here is for the server to refuse.
/// </summary>
internal sealed class SchemaCheck(JsonElement root, ArgumentProblems problems)
{
    private const int MaxSteps = 100_000;
    private const int MaxDepth = 200;
    private const string Missing = "This argument is required.";
    private const string Unknown = "This argument is not known to the tool.";

    private int _steps;

    /// <summary>Reports one problem of each argument.</summary>
    public void Check(JsonElement arguments)
    {
        if (CheckType(root, arguments) is { } wrong)
        {
            problems.Add("", wrong);
            return;
        }
        if (root.TryGetProperty("required", out var required))
        {
            foreach (
                var name in required
                    .EnumerateArray()
                    .Select(name => name.GetString()!)
                    .Where(name => !arguments.TryGetProperty(name, out _))
            )
            {
                problems.Add(name, Missing);
            }
        }
        var known = root.GetProperty("properties");
        foreach (var argument in arguments.EnumerateObject())
        {
            var problem = known.TryGetProperty(argument.Name, out var schema)
                ? Find(schema, argument.Value, argument.Name, 1)
                : (argument.Name, Unknown);
            if (problem is var (field, text))
            {
                problems.Add(field, text);
            }
        }
    }

    private (string Field, string Problem)? Find(JsonElement schema, JsonElement value, string field, int depth, bool isPart = false)
    {
        if (schema.ValueKind != JsonValueKind.Object || ++_steps > MaxSteps || depth > MaxDepth)
        {
            return null;
        }
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Resolve(reference.GetString()!) is { } target ? Find(target, value, field, depth + 1, isPart) : null;
        }
        return CheckType(schema, value) is { } wrong ? (field, wrong)
            : CheckEnum(schema, value) is { } unknown ? (field, unknown)
            : CheckLimits(schema, value) is { } outside ? (field, outside)
            : CheckMembers(schema, value, field, depth, isPart)
                ?? CheckItems(schema, value, field, depth)
                ?? CheckBranches(schema, value, field, depth, isPart);
    }

    private (string, string)? CheckMembers(JsonElement schema, JsonElement value, string field, int depth, bool isPart)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray())
            {
                if (!value.TryGetProperty(name.GetString()!, out _))
                {
                    return (Join(field, name.GetString()!), Missing);
                }
            }
        }
        // Taken literally, a part of 'allOf' that knows no further members would refuse those of the other parts.
        var hasProperties = schema.TryGetProperty("properties", out var properties);
        var hasRest = schema.TryGetProperty("additionalProperties", out var rest);
        foreach (var member in value.EnumerateObject())
        {
            var problem =
                hasProperties && properties.TryGetProperty(member.Name, out var known)
                    ? Find(known, member.Value, Join(field, member.Name), depth + 1)
                : !hasRest ? null
                : rest.ValueKind == JsonValueKind.False
                    ? isPart ? null
                        : (Join(field, member.Name), Unknown)
                : Find(rest, member.Value, Join(field, member.Name), depth + 1);
            if (problem is not null)
            {
                return problem;
            }
        }
        return null;
    }

    private (string, string)? CheckItems(JsonElement schema, JsonElement value, string field, int depth)
    {
        if (value.ValueKind != JsonValueKind.Array || !schema.TryGetProperty("items", out var items))
        {
            return null;
        }
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (Find(items, item, $"{field}[{index++}]", depth + 1) is { } problem)
            {
                return problem;
            }
        }
        return null;
    }

    private (string, string)? CheckBranches(JsonElement schema, JsonElement value, string field, int depth, bool isPart)
    {
        if (schema.TryGetProperty("allOf", out var all))
        {
            foreach (var part in all.EnumerateArray())
            {
                if (Find(part, value, field, depth + 1, isPart: true) is { } problem)
                {
                    return problem;
                }
            }
        }
        if (!schema.TryGetProperty("anyOf", out var any))
        {
            return null;
        }
        (string Field, string Problem)? deepest = null;
        foreach (var branch in any.EnumerateArray())
        {
            if (Find(branch, value, field, depth + 1, isPart) is not { } problem)
            {
                return null;
            }
            // The branch that fits furthest is the one that was meant.
            deepest = deepest is null || problem.Field.Length > deepest.Value.Field.Length ? problem : deepest;
        }
        return deepest is { } found && found.Field != field ? found
            : deepest is null ? null
            : (field, "Fits none of the forms that are allowed here.");
    }

    private static string? CheckType(JsonElement schema, JsonElement value)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return null;
        }
        var names =
            type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(name => name.GetString()!).ToArray() : [type.GetString()!];
        return names.Any(name => Is(name, value)) ? null : $"Must be {string.Join(" or ", names.Select(WithArticle))}.";
    }

    private static string WithArticle(string type) =>
        type == "null" ? type
        : "aeio".Contains(type[0], StringComparison.Ordinal) ? $"an {type}"
        : $"a {type}";

    private static bool Is(string type, JsonElement value) =>
        type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && Math.Floor(number) == number,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "null" => value.ValueKind == JsonValueKind.Null,
            _ => true,
        };

    private static string? CheckEnum(JsonElement schema, JsonElement value)
    {
        if (!schema.TryGetProperty("enum", out var known) || known.EnumerateArray().Any(item => JsonElement.DeepEquals(item, value)))
        {
            return null;
        }
        var names = known.EnumerateArray().Select(ParameterStyles.Text).ToArray();
        return $"Must be one of: {string.Join(", ", names.Take(30))}{(names.Length > 30 ? ", …" : "")}.";
    }

    private static string? CheckLimits(JsonElement schema, JsonElement value)
    {
        var (size, least, most, unit) = value.ValueKind switch
        {
            JsonValueKind.String => (value.GetString()!.EnumerateRunes().Count(), "minLength", "maxLength", "character(s)"),
            JsonValueKind.Array => (value.GetArrayLength(), "minItems", "maxItems", "item(s)"),
            JsonValueKind.Number => (value.TryGetDouble(out var number) ? number : 0, "minimum", "maximum", ""),
            _ => (0, "", "", ""),
        };
        return least.Length == 0 ? null
            : schema.TryGetProperty(least, out var minimum) && size < minimum.GetDouble()
                ? $"Must {(unit.Length == 0 ? "be" : "have")} at least {minimum} {unit}".TrimEnd() + "."
            : schema.TryGetProperty(most, out var maximum) && size > maximum.GetDouble()
                ? $"Must {(unit.Length == 0 ? "be" : "have")} at most {maximum} {unit}".TrimEnd() + "."
            : null;
    }

    private JsonElement? Resolve(string reference) =>
        reference.StartsWith("#/$defs/", StringComparison.Ordinal)
        && root.TryGetProperty("$defs", out var definitions)
        && definitions.TryGetProperty(reference["#/$defs/".Length..], out var found)
            ? found
            : null;

    private static string Join(string field, string name) => field.Length == 0 ? name : $"{field}.{name}";
}
