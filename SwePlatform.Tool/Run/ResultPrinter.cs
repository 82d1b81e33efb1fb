using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwePlatform.Tool.Run;

/// <summary>Shows a tool's result to people: text as text, lists as lines, what a program wrote where it wrote it.</summary>
internal sealed class ResultPrinter(TextWriter output, TextWriter error)
{
    private const int LongestCell = 60;
    private const int ShownId = 12;

    private static readonly string[] Texts = ["text", "patch", "diff"];

    public async Task PrintAsync(JsonNode answer)
    {
        if (answer["error"] is JsonObject failure)
        {
            await error.WriteLineAsync(SafeText.Lines($"{answer["status"]}: {failure["message"]} ({failure["code"]})"));
        }
        switch (answer["result"])
        {
            case null:
                break;
            case JsonObject result when result.ContainsKey("stdout") || result.ContainsKey("stderr"):
                await PrintProgramAsync(result);
                break;
            case JsonObject result:
                await PrintObjectAsync(result);
                break;
            case JsonArray list:
                await PrintListAsync(list);
                break;
            case var value:
                await output.WriteLineAsync(SafeText.Lines(Text(value)));
                break;
        }
    }

    private async Task PrintProgramAsync(JsonObject result)
    {
        await WriteTextAsync(output, (string?)result["stdout"]);
        await WriteTextAsync(error, (string?)result["stderr"]);
        await PrintScalarsAsync(Without(result, "stdout", "stderr"), error);
    }

    private async Task PrintObjectAsync(JsonObject result)
    {
        // Lists and texts are what was asked for; the rest is about them, and not for whoever reads what is piped.
        var isList = result.Any(member => member.Value is JsonArray || Texts.Contains(member.Key));
        foreach (var (name, value) in result.Where(member => member.Value is JsonArray { Count: > 0 }))
        {
            await (
                name switch
                {
                    "matches" => PrintMatchesAsync(value!.AsArray()),
                    "commits" => PrintCommitsAsync(value!.AsArray()),
                    _ => PrintListAsync(value!.AsArray()),
                }
            );
        }
        foreach (var name in Texts)
        {
            await WriteTextAsync(output, (string?)result[name]);
        }
        await PrintScalarsAsync(result, isList ? error : output);
    }

    private static async Task PrintScalarsAsync(JsonObject result, TextWriter writer)
    {
        foreach (var (name, value) in result.Where(member => member.Value is not null and not JsonArray && !Texts.Contains(member.Key)))
        {
            await writer.WriteLineAsync(SafeText.Line($"{name}: {Text(value)}"));
        }
    }

    // As git log --oneline, with who and when.
    private async Task PrintCommitsAsync(JsonArray commits)
    {
        foreach (var commit in commits)
        {
            var (id, date) = ((string)commit!["id"]!, (string?)commit["date"] ?? "");
            await output.WriteLineAsync(
                SafeText.Line(
                    $"{id[..Math.Min(ShownId, id.Length)]}  {date.Replace('T', ' ')}  {commit["author"]?["name"]}  {commit["subject"]}"
                )
            );
        }
    }

    private async Task PrintMatchesAsync(JsonArray matches)
    {
        foreach (var match in matches)
        {
            foreach (var before in match!["before"] as JsonArray ?? [])
            {
                await output.WriteLineAsync(SafeText.Line($"{match["path"]}-{before}"));
            }
            await output.WriteLineAsync(SafeText.Line($"{match["path"]}:{match["line"]}:{match["column"]}: {match["text"]}"));
            foreach (var after in match["after"] as JsonArray ?? [])
            {
                await output.WriteLineAsync(SafeText.Line($"{match["path"]}-{after}"));
            }
        }
    }

    private async Task PrintListAsync(JsonArray list)
    {
        if (!list.All(item => item is JsonObject))
        {
            foreach (var item in list)
            {
                await output.WriteLineAsync(SafeText.Line(Text(item)));
            }
            return;
        }
        var rows = list.Select(item => item!.AsObject()).ToList();
        var columns = rows.SelectMany(row => row.Select(member => member.Key)).Distinct().ToList();
        var widths = columns.Select(column => rows.Select(row => Cell(row, column).Length).Append(column.Length).Max()).ToList();
        await WriteRowAsync(columns, widths);
        foreach (var row in rows)
        {
            await WriteRowAsync([.. columns.Select(column => Cell(row, column))], widths);
        }
    }

    private Task WriteRowAsync(List<string> cells, List<int> widths) =>
        output.WriteLineAsync(string.Join("  ", cells.Zip(widths, (cell, width) => cell.PadRight(width))).TrimEnd());

    private static async Task WriteTextAsync(TextWriter writer, string? text)
    {
        if (text is { Length: > 0 })
        {
            await writer.WriteAsync(SafeText.Lines(text));
            await writer.WriteAsync(text.EndsWith('\n') ? "" : Environment.NewLine);
        }
    }

    private static string Cell(JsonObject row, string column)
    {
        var text = SafeText.Line(Text(row[column])).Trim();
        // Half a path is of no use.
        return text.Length <= LongestCell || column == "path" ? text : text[..(LongestCell - 1)] + "…";
    }

    private static string Text(JsonNode? value) =>
        value switch
        {
            null => "",
            JsonValue one when one.GetValueKind() == JsonValueKind.String => (string)one!,
            // Such as the author of a commit.
            JsonObject { Count: > 0 } group when group.All(member => member.Value is JsonValue) => string.Join(
                ' ',
                group.Select(member => Text(member.Value))
            ),
            _ => value.ToJsonString(),
        };

    private static JsonObject Without(JsonObject from, params string[] names) =>
        new(from.Where(member => !names.Contains(member.Key)).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
}
