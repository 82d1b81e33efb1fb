using System.Text.RegularExpressions;

namespace SwePlatform.Api.Features.Performance.SlowRequests;

/// <summary>SQL as it may be shown: its shape, without what was asked for.</summary>
internal static partial class SqlText
{
    /// <summary>Literals become <c>?</c>; parameters stay as they are.</summary>
    public static string WithoutValues(string sql) => Literals().Replace(sql, "?");

    /// <summary>The verb and the first table, such as <c>SELECT projects</c>.</summary>
    public static string Summarize(string sql)
    {
        var verb = FirstWord().Match(sql).Value.ToUpperInvariant();
        var table = FirstTable().Match(sql);
        return table.Success ? $"{verb} {table.Groups[1].Value.Replace("\"", "", StringComparison.Ordinal)}" : verb;
    }

    [GeneratedRegex(@"'(?:[^']|'')*'|(?<![\w$@.])\d+(?:\.\d+)?(?!\w)")]
    private static partial Regex Literals();

    [GeneratedRegex(@"[A-Za-z]+")]
    private static partial Regex FirstWord();

    [GeneratedRegex(@"\b(?:FROM|INTO|UPDATE|COPY)\s+([A-Za-z_""][\w.""]*)", RegexOptions.IgnoreCase)]
    private static partial Regex FirstTable();
}
