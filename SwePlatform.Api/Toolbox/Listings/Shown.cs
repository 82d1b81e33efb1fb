using System.Globalization;
using SwePlatform.Api.Toolbox.Git;

namespace SwePlatform.Api.Toolbox.Listings;

/// <summary>What several tools show, in the same few words.</summary>
internal static class Shown
{
    /// <summary>A commit's id, long enough for any repository.</summary>
    public static string Id(string id) => id.Length > 10 ? id[..10] : id;

    public static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Seconds(long milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.0} s");

    /// <summary>A changed file as Git writes it: <c>M path +3 -1</c>.</summary>
    public static string File(string path, string? oldPath, string status, int? additions, int? deletions) =>
        $"{Letter(status)} {(oldPath is null ? "" : $"{oldPath} -> ")}{path}"
        + (additions is null && deletions is null ? " (binary)" : $" +{additions ?? 0} -{deletions ?? 0}");

    public static string File(ChangedFile file) => File(file.Path, file.OldPath, file.Status, file.Additions, file.Deletions);

    private static char Letter(string status) =>
        status switch
        {
            "added" => 'A',
            "deleted" => 'D',
            "renamed" => 'R',
            "copied" => 'C',
            "type_changed" => 'T',
            _ => 'M',
        };
}
