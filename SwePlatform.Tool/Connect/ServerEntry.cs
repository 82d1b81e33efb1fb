using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwePlatform.Tool.Connect;

/// <summary>The platform, as a client's configuration describes it.</summary>
/// <param name="Key">The API key, or the name of the environment variable that has it.</param>
internal sealed record ServerEntry(string Name, Uri Address, string Key, bool KeyIsVariable = false)
{
    public const string Header = "X-API-Key";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        // These files are no web pages; what people wrote there is not escaped either.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string ToJson(McpClient client)
    {
        var entry = new JsonObject();
        // Cursor knows the transport by the address.
        if (client.Name != "cursor")
        {
            entry["type"] = "http";
        }
        entry["url"] = Address.AbsoluteUri;
        entry["headers"] = new JsonObject { [Header] = Value(client) };
        return entry.ToJsonString(Indented);
    }

    public string ToToml(McpClient client) =>
        $$"""
        [{{client.Servers}}.{{TomlDocument.Quote(Name)}}]
        url = {{TomlDocument.QuoteText(Address.AbsoluteUri)}}
        {{(KeyIsVariable ? "env_http_headers" : "http_headers")}} = { {{TomlDocument.QuoteText(Header)}} = {{TomlDocument.QuoteText(Key)}} }

        """;

    // Each client has its own way to name a variable.
    private string Value(McpClient client) => !KeyIsVariable ? Key : client.Name == "claude-code" ? $"${{{Key}}}" : $"${{env:{Key}}}";
}
