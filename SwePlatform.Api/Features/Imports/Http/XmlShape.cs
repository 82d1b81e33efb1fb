using System.Text;
using System.Text.Json;
using System.Xml;

namespace SwePlatform.Api.Features.Imports.Http;

/// <summary>How a value is written as XML: what OpenAPI says of it under <c>xml</c>.</summary>
/// <param name="Name">The element's name, or the attribute's.</param>
/// <param name="IsWrapped">Items of a list are inside of an element of the list's own.</param>
/// <param name="Item">How the items of a list are written.</param>
internal sealed record XmlShape(
    string Name,
    string? Namespace = null,
    bool IsAttribute = false,
    bool IsWrapped = false,
    XmlShape? Item = null,
    IReadOnlyDictionary<string, XmlShape>? Members = null
)
{
    private const int MaxDepth = 30;

    /// <exception cref="ArgumentException">It has a name or a character that XML has no place for.</exception>
    public byte[] Write(JsonElement value)
    {
        using var buffer = new MemoryStream();
        using (var writer = XmlWriter.Create(buffer, new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) }))
        {
            Write(writer, value, 0);
        }
        return buffer.ToArray();
    }

    private void Write(XmlWriter writer, JsonElement value, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ArgumentException("It is too deep.");
        }
        if (value.ValueKind == JsonValueKind.Array)
        {
            if (IsWrapped)
            {
                writer.WriteStartElement(Name, Namespace);
            }
            foreach (var item in value.EnumerateArray())
            {
                (Item ?? this with { IsWrapped = false }).Write(writer, item, depth + 1);
            }
            if (IsWrapped)
            {
                writer.WriteEndElement();
            }
            return;
        }
        writer.WriteStartElement(XmlConvert.VerifyNCName(Name), Namespace);
        if (value.ValueKind == JsonValueKind.Object)
        {
            // Attributes come before all else.
            foreach (var member in value.EnumerateObject().OrderBy(member => Of(member.Name).IsAttribute ? 0 : 1))
            {
                var shape = Of(member.Name);
                if (shape.IsAttribute)
                {
                    writer.WriteAttributeString(XmlConvert.VerifyNCName(shape.Name), shape.Namespace, ParameterStyles.Text(member.Value));
                }
                else if (member.Value.ValueKind != JsonValueKind.Null)
                {
                    shape.Write(writer, member.Value, depth + 1);
                }
            }
        }
        else if (value.ValueKind != JsonValueKind.Null)
        {
            writer.WriteString(ParameterStyles.Text(value));
        }
        writer.WriteEndElement();
    }

    private XmlShape Of(string member) => Members?.GetValueOrDefault(member) ?? new(member);
}
