using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Snapshots;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Code;

internal sealed record CodeOutlineArguments(
    [property: Description("A file, or a folder whose files are all outlined."), MinLength(1)] string Path,
    [property: Description("Only symbols whose name contains this text, whatever its case."), StringLength(200)] string? Name = null,
    [property: Description("How many symbols to return at most."), Range(1, 20_000)] int Limit = 2000
);

/// <param name="Kind">class, record, struct, interface, enum, method, property, …</param>
/// <param name="Name">With the names of what it is in: <c>Outer.Inner.Method</c>.</param>
/// <param name="Signature">Its declaration on one line.</param>
/// <param name="EndLine">The same as <paramref name="StartLine"/> where Universal Ctags does not say.</param>
internal sealed record OutlineSymbol(string Kind, string Name, string Signature, int StartLine, int EndLine);

internal sealed record OutlinedFile(string Path, string Language, IReadOnlyList<OutlineSymbol> Symbols);

/// <param name="LanguagesCovered">Languages whose files are outlined on this server.</param>
/// <param name="FilesNotCovered">Files in other languages, or too large, which were left out.</param>
/// <param name="Note">What is missing on this server to cover more.</param>
internal sealed record CodeOutlineResult(
    IReadOnlyList<OutlinedFile> Files,
    IReadOnlyList<string> LanguagesCovered,
    int FilesNotCovered,
    string? Note,
    bool Truncated
);

internal sealed class CodeOutline(Ctags ctags) : Tool<CodeOutlineArguments, CodeOutlineResult>
{
    private const string CSharp = "C#";
    private const string Missing =
        $"Only C# can be outlined on this server. For other languages install the package '{Ctags.Package}', such as: "
        + $"apt-get install {Ctags.Package}.";
    private const int MaxFileBytes = 2 * 1024 * 1024;
    private const int MaxFiles = 20_000;
    private const int MaxSignature = 500;

    public override string Name => "code.outline";
    public override string Title => "Outline code";
    public override string Description =>
        "Lists types and members with their signatures and lines, without their bodies. Covers C# (by Roslyn), and "
        + "where Universal Ctags is installed "
        + "Python, JavaScript, TypeScript, Java, Kotlin, Go, Rust, C, C++, PHP, Ruby, shell and others; "
        + "'languagesCovered' in the result lists them.";
    public override string Brief => "Types and members of a file or folder, with lines.";

    public override int Version => 2;

    // What there is to see depends on whether the program is there.
    protected override async Task<string?> CacheScopeAsync(
        CodeOutlineArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    ) => $"{context.Commit.Tree} {await ctags.DescribeAsync(cancellationToken)}";

    protected override void Check(CodeOutlineArguments arguments, ArgumentProblems problems) =>
        problems.Add("path", RepoPath.Problem(arguments.Path));

    protected override Listing Show(CodeOutlineResult result) => OutlineLines.Of(result);

    protected override async Task<CodeOutlineResult> RunAsync(
        CodeOutlineArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await context.OpenSnapshotAsync(cancellationToken);
        var filter = new PathFilter(arguments.Path);
        var chosen = snapshot.Entries.Where(entry => entry.Kind == EntryKind.Text && filter.IsMatch(entry.Path)).ToList();
        if (chosen.Count == 0)
        {
            throw new ToolException(ToolException.NotFound, $"There is no text file at '{arguments.Path}' in this commit.");
        }

        var languages = chosen.ConvertAll(entry => (Entry: entry, Language: Languages.Find(entry.Path, default)?.Name));
        var covered = languages.Where(file => file.Language == CSharp).ToList();
        var others = languages.Where(file => Ctags.Covers(file.Language) && file.Entry.Length <= MaxFileBytes).Take(MaxFiles).ToList();
        var outlines = covered.Select(file =>
            (file.Entry.Path, CSharp, Symbols: Outline(Text(snapshot, file.Entry), arguments.Name, cancellationToken))
        );
        var (found, note) =
            others.Count == 0
                ? ([], null)
                : await ReadAsync(others.ConvertAll(file => (file.Language!, snapshot.Read(file.Entry).ToArray())), cancellationToken);
        if (found is not null)
        {
            outlines = outlines.Concat(
                others.Select(
                    (file, index) =>
                        (file.Entry.Path, file.Language!, Symbols: Describe(found[index], Text(snapshot, file.Entry), arguments.Name))
                )
            );
        }
        else if (covered.Count == 0)
        {
            throw new ToolException(ToolException.Unsupported, note!);
        }
        var (files, left) = await LongWork.RunAsync(
            chosen.Sum(entry => (long)entry.Length),
            () => Take(outlines, arguments.Limit, cancellationToken),
            cancellationToken
        );
        return new(
            [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)],
            Ctags.Fingerprint() is not null && note is null ? [CSharp, .. Ctags.Languages] : [CSharp],
            chosen.Count - covered.Count - (found?.Count ?? 0),
            note,
            left < 0
        );
    }

    private static (List<OutlinedFile> Files, int Left) Take(
        IEnumerable<(string Path, string Language, List<OutlineSymbol> Symbols)> outlines,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var files = new List<OutlinedFile>();
        var left = limit;
        foreach (var (path, language, symbols) in outlines.Where(file => file.Symbols.Count > 0))
        {
            cancellationToken.ThrowIfCancellationRequested();
            files.Add(new(path, language, symbols.Count > left ? symbols[..left] : symbols));
            left -= symbols.Count;
            if (left < 0)
            {
                break;
            }
        }
        return (files, left);
    }

    // What is missing takes nothing from the outlines that need it not.
    private async Task<(List<List<CtagsSymbol>>? Found, string? Note)> ReadAsync(
        List<(string, byte[])> files,
        CancellationToken cancellationToken
    )
    {
        if (Ctags.Fingerprint() is null)
        {
            return (null, Missing);
        }
        try
        {
            return (await ctags.ReadAsync(files, cancellationToken), null);
        }
        catch (RequestException exception)
        {
            return (null, exception.Message);
        }
    }

    private static string Text(Snapshot snapshot, SnapshotEntry entry) => System.Text.Encoding.UTF8.GetString(snapshot.Read(entry));

    private static List<OutlineSymbol> Describe(List<CtagsSymbol> found, string source, string? name)
    {
        if (found.Count == 0)
        {
            return [];
        }
        var lines = source.Split('\n');
        return
        [
            .. found
                .OrderBy(symbol => symbol.Line)
                .Select(symbol => new OutlineSymbol(
                    symbol.Kind ?? "symbol",
                    symbol.Scope is { } scope ? $"{scope.Replace("::", ".", StringComparison.Ordinal)}.{symbol.Name}" : symbol.Name,
                    Shorten(symbol.Line <= lines.Length ? lines[symbol.Line - 1].Trim().TrimEnd('{', ';', ' ') : ""),
                    symbol.Line,
                    symbol.End ?? symbol.Line
                ))
                .Where(symbol => name is null || symbol.Name.Contains(name, StringComparison.OrdinalIgnoreCase)),
        ];
    }

    private static string Shorten(string signature) => signature.Length > MaxSignature ? signature[..MaxSignature] + "…" : signature;

    private static List<OutlineSymbol> Outline(string source, string? name, CancellationToken cancellationToken)
    {
        var root = CSharpSyntaxTree
            .ParseText(source, new CSharpParseOptions(LanguageVersion.Latest), cancellationToken: cancellationToken)
            .GetRoot(cancellationToken);
        return
        [
            .. root.DescendantNodes(node =>
                    node
                        is CompilationUnitSyntax
                            or BaseNamespaceDeclarationSyntax
                            or TypeDeclarationSyntax
                            or ExtensionBlockDeclarationSyntax
                )
                .OfType<MemberDeclarationSyntax>()
                .SelectMany(Describe)
                .Where(symbol => name is null || symbol.Name.Contains(name, StringComparison.OrdinalIgnoreCase)),
        ];
    }

    private static IEnumerable<OutlineSymbol> Describe(MemberDeclarationSyntax member)
    {
        var (kind, names, body) = member switch
        {
            TypeDeclarationSyntax type => (type.Keyword.ValueText, [type.Identifier.ValueText], type.OpenBraceToken.SpanStart),
            EnumDeclarationSyntax type => ("enum", [type.Identifier.ValueText], type.OpenBraceToken.SpanStart),
            DelegateDeclarationSyntax type => ("delegate", [type.Identifier.ValueText], 0),
            MethodDeclarationSyntax method => ("method", [method.Identifier.ValueText], Body(method)),
            ConstructorDeclarationSyntax constructor => ("constructor", [constructor.Identifier.ValueText], Body(constructor)),
            DestructorDeclarationSyntax destructor => ("destructor", ["~" + destructor.Identifier.ValueText], Body(destructor)),
            OperatorDeclarationSyntax @operator => ("operator", ["operator " + @operator.OperatorToken.ValueText], Body(@operator)),
            ConversionOperatorDeclarationSyntax conversion => ("operator", ["operator " + conversion.Type], Body(conversion)),
            PropertyDeclarationSyntax property => (
                "property",
                [property.Identifier.ValueText],
                property.AccessorList?.SpanStart ?? property.ExpressionBody?.SpanStart ?? 0
            ),
            IndexerDeclarationSyntax indexer => (
                "indexer",
                ["this[]"],
                indexer.AccessorList?.SpanStart ?? indexer.ExpressionBody?.SpanStart ?? 0
            ),
            EventDeclarationSyntax @event => ("event", [@event.Identifier.ValueText], @event.AccessorList?.SpanStart ?? 0),
            EventFieldDeclarationSyntax @event => ("event", Names(@event.Declaration), 0),
            FieldDeclarationSyntax field => (
                field.Modifiers.Any(SyntaxKind.ConstKeyword) ? "constant" : "field",
                Names(field.Declaration),
                field.Declaration.Variables[0].Initializer?.SpanStart ?? 0
            ),
            _ => ("", Array.Empty<string>(), 0),
        };
        var lines = member.SyntaxTree.GetLineSpan(member.Span);
        var end = body > member.SpanStart ? body : member.Span.End;
        var start = member.AttributeLists.Count > 0 ? member.AttributeLists.Last().Span.End : member.SpanStart;
        var signature = string.Join(
                ' ',
                member
                    .SyntaxTree.GetText()
                    .ToString(TextSpan.FromBounds(start, Math.Max(start, end)))
                    .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            )
            .TrimEnd('{', ';', ' ');
        return names.Select(name => new OutlineSymbol(
            kind,
            Qualify(member, name),
            Shorten(signature),
            lines.StartLinePosition.Line + 1,
            lines.EndLinePosition.Line + 1
        ));
    }

    private static string Qualify(MemberDeclarationSyntax member, string name) =>
        string.Join(
            '.',
            member
                .Ancestors()
                .OfType<BaseTypeDeclarationSyntax>()
                .Select(type => type.Identifier.ValueText)
                .Where(type => type.Length > 0)
                .Reverse()
                .Append(name)
        );

    private static int Body(BaseMethodDeclarationSyntax method) => method.Body?.SpanStart ?? method.ExpressionBody?.SpanStart ?? 0;

    private static string[] Names(VariableDeclarationSyntax declaration) =>
        [.. declaration.Variables.Select(variable => variable.Identifier.ValueText)];
}
