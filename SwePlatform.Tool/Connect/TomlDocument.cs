using System.Text;
using System.Text.RegularExpressions;
using Tomlyn;
using Tomlyn.Model;

namespace SwePlatform.Tool.Connect;

/// <summary>
/// Puts one table into a TOML file that people write by hand. The file is changed as text, so that comments and layout stay, and
/// the result is compared with the original before it counts.
/// </summary>
internal static partial class TomlDocument
{
    /// <param name="update">Changes the table, which is empty if it was not there.</param>
    /// <exception cref="FormatException">The text is not such a file; the message says why.</exception>
    public static string Set(string text, string parent, string name, Action<TomlTable> update)
    {
        var before = Parse(text);
        var server =
            before.TryGetValue(parent, out var group) && group is TomlTable servers && servers.TryGetValue(name, out var entry)
                ? entry as TomlTable ?? throw new FormatException($"'{parent}.{name}' is not a table there")
                : [];
        update(server);
        var newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var kept = Remove(text, parent, name).TrimEnd('\r', '\n');
        var gap = kept.Length == 0 ? "" : newLine + newLine;
        var changed = kept + gap + Write(parent, name, server).ReplaceLineEndings(newLine);
        return !Contains(Parse(kept), parent, name) && IsOnlyChange(before, changed, parent, name)
            ? changed
            : throw new FormatException($"'{parent}' is not written as tables [{parent}.NAME] there");
    }

    /// <summary>A table under its full name, with those below it.</summary>
    public static string Write(string parent, string name, TomlTable table)
    {
        // The library begins with the header of the parent, which a file may have only once.
        var text = TomlSerializer.Serialize(new TomlTable { [parent] = new TomlTable { [name] = table } });
        return text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..].TrimEnd() + "\n";
    }

    /// <summary>The header of a server in the file; null if it is not there.</summary>
    public static string? GetHeader(string text, string parent, string name, string header) =>
        Parse(text).TryGetValue(parent, out var group)
        && group is TomlTable servers
        && servers.TryGetValue(name, out var entry)
        && entry is TomlTable server
        && server.TryGetValue("http_headers", out var headers)
        && headers is TomlTable all
        && all.TryGetValue(header, out var value)
            ? value as string
            : null;

    // The table and those below it; each ends where the next header begins. Comments may be about what comes next, so they stay.
    private static string Remove(string text, string parent, string name)
    {
        var kept = new StringBuilder();
        var inside = false;
        foreach (var line in Lines().EnumerateMatches(text))
        {
            var content = text.AsSpan(line.Index, line.Length);
            if (Header().Match(content.ToString()) is { Success: true } header)
            {
                var path = header.Groups["key"].Captures.Select(key => key.Value.Trim('"', '\'')).ToList();
                inside = path is [var first, var second, ..] && first == parent && second == name;
            }
            if (!inside || content.TrimStart().StartsWith("#", StringComparison.Ordinal))
            {
                kept.Append(content);
            }
        }
        return kept.ToString();
    }

    // A header inside of a text of several lines, or a server written in another way, shows here.
    private static bool IsOnlyChange(TomlTable before, string changed, string parent, string name)
    {
        try
        {
            var after = Parse(changed);
            Without(before, parent, name);
            return Contains(after, parent, name)
                && TomlSerializer.Serialize(before) == TomlSerializer.Serialize(Without(after, parent, name));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool Contains(TomlTable root, string parent, string name) =>
        root.TryGetValue(parent, out var group) && group is TomlTable servers && servers.ContainsKey(name);

    private static TomlTable Without(TomlTable root, string parent, string name)
    {
        if (root.TryGetValue(parent, out var group) && group is TomlTable servers)
        {
            servers.Remove(name);
            if (servers.Count == 0)
            {
                root.Remove(parent);
            }
        }
        return root;
    }

    private static TomlTable Parse(string text)
    {
        try
        {
            return TomlSerializer.Deserialize<TomlTable>(text) ?? [];
        }
        catch (TomlException exception)
        {
            throw new FormatException($"it is not valid TOML: {exception.Message}", exception);
        }
    }

    [GeneratedRegex(@"[^\n]*\n|[^\n]+$")]
    private static partial Regex Lines();

    [GeneratedRegex(
        @"^[ \t]*\[{1,2}[ \t]*(?<key>[A-Za-z0-9_-]+|""[^""]*""|'[^']*')"
            + @"([ \t]*\.[ \t]*(?<key>[A-Za-z0-9_-]+|""[^""]*""|'[^']*'))*[ \t]*\]{1,2}[ \t]*(#.*)?\r?\n?$"
    )]
    private static partial Regex Header();
}
