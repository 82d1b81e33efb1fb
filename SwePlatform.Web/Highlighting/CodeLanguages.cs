using TextMateSharp.Grammars;

namespace SwePlatform.Web.Highlighting;

/// <summary>Which grammar a file is coloured by, from its name.</summary>
internal static class CodeLanguages
{
    // Where a name tells more than its extension, and close relatives of languages without a grammar of their own.
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Dockerfile"] = "dockerfile",
        ["Containerfile"] = "dockerfile",
        ["Makefile"] = "makefile",
        ["GNUmakefile"] = "makefile",
        ["Jenkinsfile"] = "groovy",
        ["Gemfile"] = "ruby",
        ["Rakefile"] = "ruby",
        ["CMakeLists.txt"] = "makefile",
        [".gitignore"] = "ignore",
        [".dockerignore"] = "ignore",
        [".bashrc"] = "shellscript",
        [".profile"] = "shellscript",
    };

    private static readonly Dictionary<string, string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        [".toml"] = "ini",
        [".kt"] = "java",
        [".kts"] = "java",
        [".scala"] = "java",
        [".cts"] = "typescript",
        [".mts"] = "typescript",
        [".h"] = "cpp",
        [".slnx"] = "xml",
        [".resx"] = "xml",
        [".svg"] = "xml",
        [".jsonl"] = "json",
        [".lock"] = "yaml",
        [".mdx"] = "markdown",
        [".vue"] = "html",
        [".svelte"] = "html",
        [".psql"] = "sql",
    };

    private static readonly Dictionary<string, string> Known = Read();

    /// <summary>How many languages there are.</summary>
    public static int Count { get; } = Known.Values.Distinct().Count();

    /// <summary>Id of the language of a file; null for those without one.</summary>
    public static string? Find(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (Names.TryGetValue(name, out var known))
        {
            return known;
        }
        // The longest extension first: ".d.ts", and then ".ts".
        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (Extensions.TryGetValue(name[dot..], out known) || Known.TryGetValue(name[dot..], out known))
            {
                return known;
            }
        }
        return null;
    }

    /// <summary>Id of a language by what Markdown calls it, such as <c>cs</c> or <c>bash</c>.</summary>
    public static string? FindByAlias(string alias) => Find($"x.{alias}") ?? (Known.ContainsValue(alias) ? alias : null);

    private static Dictionary<string, string> Read()
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var language in new RegistryOptions(ThemeName.LightPlus).GetAvailableLanguages())
        {
            foreach (var extension in language.Extensions ?? [])
            {
                found.TryAdd(extension, language.Id);
            }
        }
        return found;
    }
}
