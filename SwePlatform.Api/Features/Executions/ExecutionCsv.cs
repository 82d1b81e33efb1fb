using System.Globalization;
using System.Text;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Executions;

/// <summary>Executions as CSV (RFC 4180), for spreadsheets.</summary>
internal static class ExecutionCsv
{
    private const string Header =
        "id,tool,arguments,user,project,workspace,commit,status,outcome,outcomeText,cached,error,totalMs,createdAt,finishedAt";

    /// <summary>Writes row by row: the whole never is in memory.</summary>
    public static async Task WriteAsync(IAsyncEnumerable<ExecutionSummary> rows, Stream body)
    {
        await using var writer = new StreamWriter(body, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(Header);
        await foreach (var row in rows)
        {
            string?[] cells =
            [
                row.Id.ToString(),
                row.ToolName,
                row.ArgumentsText,
                row.User?.DisplayName,
                row.ProjectName,
                row.Workspace,
                row.Commit,
                EnumText.Write(row.Status),
                EnumText.Write(row.Outcome),
                row.OutcomeText,
                row.Cached ? "true" : "false",
                row.Error?.Message,
                row.FinishedAt is null ? null : row.Timings.Total.ToString(CultureInfo.InvariantCulture),
                row.CreatedAt.ToString("O", CultureInfo.InvariantCulture),
                row.FinishedAt?.ToString("O", CultureInfo.InvariantCulture),
            ];
            await writer.WriteLineAsync(string.Join(',', cells.Select(Cell)));
        }
    }

    // A cell that begins with one of these is a formula to a spreadsheet; with an apostrophe before it, it is text.
    private static string Cell(string? text) =>
        text is null ? ""
        : text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? Quoted("'" + text)
        : text.AsSpan().IndexOfAny("\",\r\n") >= 0 ? Quoted(text)
        : text;

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
