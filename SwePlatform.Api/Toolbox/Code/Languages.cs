using System.Collections.Frozen;
using System.Text;

namespace SwePlatform.Api.Toolbox.Code;

/// <summary>How comments are written in a language.</summary>
/// <param name="Quotes">Characters that begin and end a string.</param>
/// <param name="MarksOnlyAtStart">Comment marks count only as the first thing in a line.</param>
internal sealed record Language(string Name, byte[][] LineMarks, (byte[] Start, byte[] End)[] Blocks, string Quotes, bool MarksOnlyAtStart)
{
    /// <summary>Whether parts of a file are in other languages.</summary>
    public bool HasSections { get; } = Name is "Vuejs Component" or "Svelte" or Languages.Markdown;
}

/// <summary>The languages that are counted, by file name. Names are those that cloc uses.</summary>
internal static class Languages
{
    public const string Python = "Python";
    public const string Markdown = "Markdown";

    private const string C = "// | /* */";
    private const string Hash = "#";
    private const string Xml = "| <!-- -->";
    private const string None = "";

    // Name; line marks | pairs of block marks; quotes; extensions and file names (these with a capital or a dot inside)
    private static readonly (string Name, string Marks, string Quotes, string Files)[] Table =
    [
        ("Ada", "--", "\"", ".ada .adb .ads"),
        ("Assembly", "; // # | /* */", "\"", ".asm .s .S"),
        ("Bourne Again Shell", Hash, "\"'", ".bash"),
        ("Bourne Shell", Hash, "\"'", ".sh"),
        ("zsh", Hash, "\"'", ".zsh"),
        ("C", C, "\"'", ".c .ec .pgc"),
        ("C++", C, "\"'", ".cc .cpp .cxx .c++ .inl .ipp .tcc .tpp .cppm .ixx"),
        ("C/C++ Header", C, "\"'", ".h .hh .hpp .hxx .h++"),
        ("C#", C, "\"'", ".cs"),
        ("Clojure", ";", "\"", ".clj .cljs .cljc"),
        ("CMake", "# | #[[ ]]", "\"", ".cmake CMakeLists.txt"),
        ("CSS", "| /* */", "\"'", ".css"),
        ("CSV", None, "", ".csv"),
        ("CUDA", C, "\"'", ".cu .cuh"),
        ("Dart", C, "\"'", ".dart"),
        ("Dockerfile", Hash, "", "Dockerfile .dockerfile"),
        ("diff", "diff index --- +++", "", ".diff .patch"),
        ("DOS Batch", "rem REM ::", "", ".bat .cmd"),
        ("Elixir", Hash, "\"", ".ex .exs"),
        ("Elm", "-- | {- -}", "\"", ".elm"),
        ("Erlang", "%", "\"", ".erl .hrl"),
        ("F#", "// | (* *)", "\"", ".fs .fsi .fsx"),
        ("Fortran 90", "!", "\"'", ".f90 .f95 .f03 .f08"),
        ("GLSL", C, "", ".glsl .vert .frag .comp .geom .tesc .tese"),
        ("Go", C, "\"`'", ".go"),
        ("Gradle", C, "\"'", ".gradle"),
        ("GraphQL", Hash, "\"", ".graphql .gql"),
        ("Groovy", C, "\"'", ".groovy"),
        ("Handlebars", "| {{!-- --}} <!-- -->", "", ".handlebars .hbs"),
        ("Haskell", "-- | {- -}", "\"", ".hs"),
        ("HCL", "# // | /* */", "\"", ".tf .hcl .tfvars"),
        ("HTML", "| <!-- --> /* */", "", ".html .htm .xhtml"),
        ("INI", "# ;", "", ".ini"),
        ("Properties", "# !", "", ".properties"),
        ("Java", C, "\"'", ".java"),
        ("JavaScript", C, "\"'`", ".js .mjs .cjs"),
        ("JSX", C, "\"'`", ".jsx"),
        ("JSON", None, "", ".json .webmanifest"),
        ("Julia", "# | #= =#", "\"", ".jl"),
        ("Jupyter Notebook", None, "", ".ipynb"),
        ("Kotlin", C, "\"'", ".kt .kts"),
        ("lex", C, "\"", ".l .lex"),
        ("Less", C, "\"'", ".less"),
        ("Lisp", "; | #| |#", "\"", ".lisp .lsp .cl"),
        ("Lua", "-- | --[[ ]]", "\"'", ".lua"),
        ("make", Hash, "", "Makefile makefile GNUmakefile .mk .am"),
        (Markdown, Xml, "`", ".md .mdx .markdown"),
        ("MSBuild script", Xml, "", ".csproj .vbproj .fsproj .vcxproj .proj"),
        ("Nix", "# | /* */", "\"", ".nix"),
        ("Objective-C", C, "\"'", ".m"),
        ("Objective-C++", C, "\"'", ".mm"),
        ("OCaml", "| (* *)", "\"", ".ml .mli"),
        ("Pascal", "// | { } (* *)", "'", ".pas .pp .dpr"),
        ("Perl", "# | =head1 =cut =pod =cut =over =cut =item =cut =encoding =cut =begin =cut", "\"'", ".pl .pm .t"),
        ("PHP", "# // | /* */", "\"'", ".php .php5 .phtml"),
        ("PowerShell", "# | <# #>", "\"'", ".ps1 .psm1 .psd1"),
        ("Protocol Buffers", C, "\"", ".proto"),
        (Python, Hash, "", ".py .pyw .pyi"),
        ("R", Hash, "\"'", ".r .R"),
        ("Razor", "// | @* *@ <!-- --> /* */", "", ".razor .cshtml"),
        ("reStructuredText", None, "", ".rst"),
        ("Ruby", "# | =begin =end", "\"'", ".rb .rake .gemspec Rakefile Gemfile"),
        ("Rust", C, "\"", ".rs"),
        ("Sass", C, "\"'", ".sass"),
        ("SCSS", C, "\"'", ".scss"),
        ("Scala", C, "\"", ".scala .sc"),
        ("Scheme", ";", "\"", ".scm .ss"),
        ("Solidity", C, "\"'", ".sol"),
        ("SQL", "-- | /* */", "'", ".sql"),
        ("Starlark", Hash, "\"'", ".bzl BUILD.bazel WORKSPACE BUILD"),
        ("SVG", Xml, "", ".svg"),
        ("Svelte", Xml, "", ".svelte"),
        ("Swift", C, "\"", ".swift"),
        ("Tcl/Tk", Hash, "\"", ".tcl"),
        ("TeX", "%", "", ".tex .sty .cls"),
        ("Text", None, "", ".txt"),
        ("TOML", Hash, "", ".toml"),
        ("TypeScript", C, "\"'`", ".ts .tsx .mts .cts"),
        ("Verilog-SystemVerilog", C, "\"", ".v .sv .svh"),
        ("VHDL", "--", "\"", ".vhd .vhdl"),
        ("vim script", "\"", "", ".vim"),
        ("Visual Basic .NET", "' REM", "\"", ".vb"),
        ("Visual Studio Solution", Hash, "", ".sln"),
        ("Vuejs Component", Xml, "", ".vue"),
        ("XAML", Xml, "", ".xaml .axaml"),
        ("XML", Xml, "", ".xml .props .targets .resx .config .ruleset .nuspec .runsettings .wsdl .plist"),
        ("XSD", Xml, "", ".xsd"),
        ("XSLT", Xml, "", ".xsl .xslt"),
        ("yacc", C, "\"", ".y .yacc"),
        ("YAML", Hash, "", ".yml .yaml"),
        ("Zig", "//", "\"", ".zig"),
    ];

    // Where a comment mark is common inside other text, it counts only at the start of a line.
    private static readonly HashSet<string> OnlyAtStart =
    [
        "diff",
        "Bourne Again Shell",
        "Bourne Shell",
        "zsh",
        "DOS Batch",
        "make",
        "Dockerfile",
        "YAML",
        "TOML",
        "INI",
        "Properties",
        "Assembly",
        "vim script",
        "Perl",
        "Ruby",
        "TeX",
        "Visual Basic .NET",
    ];

    private static readonly FrozenDictionary<string, Language> ByFile = Table
        .SelectMany(row => row.Files.Split(' ').Select(file => (File: file, Language: Create(row.Name, row.Marks, row.Quotes))))
        .ToFrozenDictionary(item => item.File, item => item.Language, StringComparer.Ordinal);

    private static readonly (string Word, string File)[] Interpreters =
    [
        ("bash", ".bash"),
        ("zsh", ".zsh"),
        ("sh", ".sh"),
        ("python", ".py"),
        ("perl", ".pl"),
        ("ruby", ".rb"),
        ("node", ".js"),
        ("php", ".php"),
        ("pwsh", ".ps1"),
        ("Rscript", ".R"),
        ("lua", ".lua"),
    ];

    public static Language Named(string name) => ByFile.Values.First(language => language.Name == name);

    /// <summary>The language of a file, by its name or else by the interpreter its first line names; null if unknown.</summary>
    public static Language? Find(string path, ReadOnlySpan<byte> content)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (
            ByFile.TryGetValue(name, out var language)
            || name.StartsWith("Dockerfile.", StringComparison.Ordinal) && ByFile.TryGetValue("Dockerfile", out language)
        )
        {
            return language;
        }
        var dot = name.LastIndexOf('.');
        if (dot >= 0)
        {
            return ByFile.TryGetValue(name[dot..], out language) || ByFile.TryGetValue(name[dot..].ToLowerInvariant(), out language)
                ? language
                : null;
        }
        return FindByInterpreter(content);
    }

    private static Language? FindByInterpreter(ReadOnlySpan<byte> content)
    {
        if (!content.StartsWith("#!"u8))
        {
            return null;
        }
        var end = content.IndexOf((byte)'\n');
        var line = Encoding.UTF8.GetString(content[..Math.Min(end < 0 ? content.Length : end, 200)]);
        var program = line[2..]
            .Split([' ', '/'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .FirstOrDefault(part => Interpreters.Any(known => IsProgram(part, known.Word)));
        return program is null ? null : ByFile[Interpreters.First(known => IsProgram(program, known.Word)).File];
    }

    // "python3.12" is python.
    private static bool IsProgram(string part, string word) =>
        part.StartsWith(word, StringComparison.Ordinal)
        && part[word.Length..].All(character => char.IsAsciiDigit(character) || character == '.');

    private static Language Create(string name, string marks, string quotes)
    {
        var sides = marks.Split('|', 2, StringSplitOptions.TrimEntries);
        // "|" is also part of some marks: a Lisp block comment is "#| |#".
        var blocks = sides.Length < 2 ? [] : sides[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new(
            name,
            [.. sides[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes)],
            [.. blocks.Chunk(2).Select(pair => (Encoding.UTF8.GetBytes(pair[0]), Encoding.UTF8.GetBytes(pair[1])))],
            quotes,
            OnlyAtStart.Contains(name)
        );
    }
}
