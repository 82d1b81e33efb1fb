using System.Text.Json;
using SwePlatform.Api.Features.Imports.Http;
using static SwePlatform.Api.Features.Imports.OpenApi.OpenApiDocument;

namespace SwePlatform.Api.Features.Imports.OpenApi;

/// <summary>Reads how values are written as XML.</summary>
internal sealed class XmlShapeReader(OpenApiDocument document)
{
    private const int MaxDepth = 8;
    private const int MaxMembers = 500;

    private int _members;

    public XmlShape Read(JsonElement? schema) =>
        schema is { } given
            ? Read(given, Text(given, "$ref") is { } reference ? reference[(reference.LastIndexOf('/') + 1)..] : "root", 0)
            : new("root");

    private XmlShape Read(JsonElement given, string name, int depth)
    {
        var schema = document.Follow(given);
        var xml = Member(schema, "xml") ?? default;
        var shape = new XmlShape(Text(xml, "name") ?? name, Text(xml, "namespace"), Flag(xml, "attribute"), Flag(xml, "wrapped"));
        if (depth == MaxDepth)
        {
            return shape;
        }
        if (Member(schema, "items") is { } items)
        {
            // Items have the list's name unless they have one of their own.
            return shape with { Item = Read(items, shape.IsWrapped ? name : shape.Name, depth + 1) };
        }
        var members = Members(schema, "properties")
            .TakeWhile(_ => _members++ < MaxMembers)
            .ToDictionary(member => member.Name, member => Read(member.Value, member.Name, depth + 1));
        return members.Count == 0 ? shape : shape with { Members = members };
    }
}
