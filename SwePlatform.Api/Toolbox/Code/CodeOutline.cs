using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SwePlatform.Api.Workspaces;

namespace SwePlatform.Api.Toolbox.Code;

internal sealed record CodeOutlineArguments(
    [property: Description("A file, or a folder whose files are all outlined."), MinLength(1)] string Path,
    [property: Description("Only symbols whose name contains this text, whatever its case."), StringLength(200)] string? Name = null,
    [property: Description("How many symbols to return at most."), Range(1, 20_000)] int Limit = 2000);

/// <param name="Kind">class, record, struct, interface, enum, method, property, …</param>
/// <param name="Name">With the names of what it is in: <c>Outer.Inner.Method</c>.</param>
/// <param name="Signature">Its declaration on one line.</param>
internal sealed record OutlineSymbol(string Kind, string Name, string Signature, int StartLine, int EndLine);

internal sealed record OutlinedFile(string Path, string Language, IReadOnlyList<OutlineSymbol> Symbols);

/// <param name="LanguagesCovered">Languages whose files are outlined on this server.</param>
/// <param name="FilesNotCovered">Files in other languages, which were left out.</param>
internal sealed record CodeOutlineResult(IReadOnlyList<OutlinedFile> Files, IReadOnlyList<string> LanguagesCovered, int FilesNotCovered, bool Truncated);

internal sealed class CodeOutline : Tool<CodeOutlineArguments, CodeOutlineResult>
{
    private const string CSharp = "C#";

    public override string Name => "code.outline";
    public override string Title => "Outline code";
    public override string Description => "Lists types and members with their signatures and lines, without their bodies. Covers C# (by Roslyn); 'languagesCovered' in the result says what else.";

    protected override void Check(CodeOutlineArguments arguments, ArgumentProblems problems) => problems.Add("path", RepoPath.Problem(arguments.Path));

    protected override async Task<CodeOutlineResult> RunAsync(CodeOutlineArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        var snapshot = await context.OpenSnapshotAsync(cancellationToken);
        var filter = new PathFilter(arguments.Path);
        var chosen = snapshot.Entries.Where(entry => entry.Kind == EntryKind.Text && filter.IsMatch(entry.Path)).ToList();
        if (chosen.Count == 0)
        {
            throw new ToolException(ToolException.NotFound, $"There is no text file at '{arguments.Path}' in this commit.");
        }

        var files = new List<OutlinedFile>();
        var left = arguments.Limit;
        var covered = chosen.Where(entry => Languages.Find(entry.Path, default)?.Name == CSharp).ToList();
        foreach (var entry in covered)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var symbols = Outline(System.Text.Encoding.UTF8.GetString(snapshot.Read(entry)), arguments.Name, cancellationToken);
            if (symbols.Count > 0)
            {
                files.Add(new(entry.Path, CSharp, symbols.Count > left ? symbols[..left] : symbols));
                left -= symbols.Count;
            }
            if (left < 0)
            {
                break;
            }
        }
        return new(files, [CSharp], chosen.Count - covered.Count, left < 0);
    }

    private static List<OutlineSymbol> Outline(string source, string? name, CancellationToken cancellationToken)
    {
        var root = CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest), cancellationToken: cancellationToken).GetRoot(cancellationToken);
        return [.. root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax or ExtensionBlockDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>().SelectMany(Describe)
            .Where(symbol => name is null || symbol.Name.Contains(name, StringComparison.OrdinalIgnoreCase))];
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
            PropertyDeclarationSyntax property => ("property", [property.Identifier.ValueText], property.AccessorList?.SpanStart ?? property.ExpressionBody?.SpanStart ?? 0),
            IndexerDeclarationSyntax indexer => ("indexer", ["this[]"], indexer.AccessorList?.SpanStart ?? indexer.ExpressionBody?.SpanStart ?? 0),
            EventDeclarationSyntax @event => ("event", [@event.Identifier.ValueText], @event.AccessorList?.SpanStart ?? 0),
            EventFieldDeclarationSyntax @event => ("event", Names(@event.Declaration), 0),
            FieldDeclarationSyntax field => (field.Modifiers.Any(SyntaxKind.ConstKeyword) ? "constant" : "field", Names(field.Declaration), field.Declaration.Variables[0].Initializer?.SpanStart ?? 0),
            _ => ("", Array.Empty<string>(), 0),
        };
        var lines = member.SyntaxTree.GetLineSpan(member.Span);
        var end = body > member.SpanStart ? body : member.Span.End;
        var start = member.AttributeLists.Count > 0 ? member.AttributeLists.Last().Span.End : member.SpanStart;
        var signature = string.Join(' ', member.SyntaxTree.GetText().ToString(TextSpan.FromBounds(start, Math.Max(start, end)))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('{', ';', ' ');
        return names.Select(name => new OutlineSymbol(kind, Qualify(member, name), signature.Length > 500 ? signature[..500] + "…" : signature, lines.StartLinePosition.Line + 1, lines.EndLinePosition.Line + 1));
    }

    private static string Qualify(MemberDeclarationSyntax member, string name) => string.Join('.',
        member.Ancestors().OfType<BaseTypeDeclarationSyntax>().Select(type => type.Identifier.ValueText).Where(type => type.Length > 0).Reverse().Append(name));

    private static int Body(BaseMethodDeclarationSyntax method) => method.Body?.SpanStart ?? method.ExpressionBody?.SpanStart ?? 0;

    private static string[] Names(VariableDeclarationSyntax declaration) => [.. declaration.Variables.Select(variable => variable.Identifier.ValueText)];
}
