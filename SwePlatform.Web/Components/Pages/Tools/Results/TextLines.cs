namespace SwePlatform.Web.Components.Pages.Tools.Results;

internal static class TextLines
{
    /// <summary>The lines of a text; the line break that ends the last one starts no further line.</summary>
    public static string[] Split(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return lines is [.. var all, ""] ? all : lines;
    }
}
