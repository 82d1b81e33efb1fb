using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Code;

/// <summary>An outline, a symbol a line below the file that it is in.</summary>
internal static class OutlineLines
{
    public static Listing Of(CodeOutlineResult result)
    {
        var symbols = result.Files.SelectMany(file => file.Symbols.Select(symbol => (File: file, Symbol: symbol))).ToList();
        return new(
            symbols.Count == 0 ? "No symbols." : "",
            [.. symbols.Select(item => new ListingItem(Write(item.Symbol), $"{item.File.Path} ({item.File.Language})"))],
            (start, end) => new { files = Group(symbols[start..end]), result.Truncated }
        )
        {
            Noun = "symbols",
            Advice =
                result.Truncated ? "There are more symbols: raise limit, or narrow path or name"
                : result.Note is not null ? result.Note
                : result.FilesNotCovered > 0 ? $"{result.FilesNotCovered} files are in languages that are not outlined"
                : null,
        };
    }

    private static string Write(OutlineSymbol symbol) =>
        $"{symbol.StartLine}-{symbol.EndLine} {symbol.Kind} {symbol.Name}: {TextCut.End(symbol.Signature, TextCut.Line)}";

    private static List<OutlinedFile> Group(IEnumerable<(OutlinedFile File, OutlineSymbol Symbol)> symbols) =>
        [
            .. symbols
                .GroupBy(item => item.File)
                .Select(group =>
                    group.Key with
                    {
                        Symbols =
                        [
                            .. group.Select(item => item.Symbol with { Signature = TextCut.End(item.Symbol.Signature, TextCut.Line) }),
                        ],
                    }
                ),
        ];
}
