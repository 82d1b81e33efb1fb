namespace SwePlatform.Web.Infrastructure;

/// <summary>The scripts and styles that a page loads, by their plain names.</summary>
internal static class PageAssets
{
    /// <summary>Sets the theme before anything is painted.</summary>
    public const string ThemeScript = "theme.js";

    /// <summary>What only the pages of a project need; they load it themselves.</summary>
    public static IReadOnlyList<string> ProjectStyles { get; } = ["project.css", "browser.css", "code.css", "documents.css"];

    /// <summary>A module of the code browser, loaded when it is used.</summary>
    public const string CodeScript = "code.js";

    private const string Tokens = "app.css";
    private const string ComponentStyles = "SwePlatform.Web.styles.css";

    /// <param name="interactive">Sign-in needs no circuit, so it loads neither the library nor the framework.</param>
    public static IReadOnlyList<string> Styles(bool interactive) =>
        interactive
            ? [LibraryAssets.Styles, Tokens, "shell.css", "tools.css", "performance.css", ComponentStyles]
            : [Tokens, ComponentStyles];

    /// <summary>What a page with a circuit runs.</summary>
    public static IReadOnlyList<string> Scripts { get; } = [LibraryAssets.Script, "app.js", "_framework/blazor.web.js"];
}
