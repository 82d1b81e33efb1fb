using System.Text.Json.Nodes;
using Tomlyn.Model;

namespace SwePlatform.Tool.Connect;

/// <summary>The platform, as a client's configuration describes it. What else its user has set about it stays.</summary>
/// <param name="Key">The API key, or the name of the environment variable that has it.</param>
internal sealed record ServerEntry(string Name, Uri Address, string Key, bool KeyIsVariable = false)
{
    public const string Header = "X-API-Key";

    private const string Headers = "headers";
    private const string TomlHeaders = "http_headers";
    private const string TomlVariables = "env_http_headers";

    // Of a server that was a program, or that was signed in to in another way.
    private static readonly string[] Obsolete = ["command", "args", "env", "cwd", "bearer_token_env_var"];

    public void Update(JsonObject entry, McpClient client)
    {
        foreach (var name in Obsolete)
        {
            entry.Remove(name);
        }
        // Cursor knows the transport by the address.
        if (client.Name == "cursor")
        {
            entry.Remove("type");
        }
        else
        {
            entry["type"] = "http";
        }
        entry["url"] = Address.AbsoluteUri;
        if (entry[Headers] is not JsonObject headers)
        {
            entry[Headers] = headers = [];
        }
        headers[Header] = Value(client);
    }

    public void Update(TomlTable entry)
    {
        foreach (var name in Obsolete)
        {
            entry.Remove(name);
        }
        entry["url"] = Address.AbsoluteUri;
        var (used, unused) = KeyIsVariable ? (TomlVariables, TomlHeaders) : (TomlHeaders, TomlVariables);
        if (entry.TryGetValue(unused, out var others) && others is TomlTable rest && rest.Remove(Header) && rest.Count == 0)
        {
            entry.Remove(unused);
        }
        if (entry.TryGetValue(used, out var known) && known is TomlTable headers)
        {
            headers[Header] = Key;
        }
        else
        {
            entry[used] = new TomlTable { [Header] = Key };
        }
    }

    // Each client has its own way to name a variable.
    private string Value(McpClient client) =>
        !KeyIsVariable ? Key
        : client.Name == "claude-code" ? $"${{{Key}}}"
        : $"${{env:{Key}}}";
}
