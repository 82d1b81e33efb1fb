namespace SwePlatform.Web.Highlighting;

/// <summary>What a piece of code is, as far as colours tell it apart.</summary>
public enum TokenKind : byte
{
    Plain,
    Comment,
    Keyword,
    Text,
    Number,
    Type,
    Function,
    Tag,
    Attribute,
    Heading,
    Strong,
    Emphasis,
    Inserted,
    Deleted,
}

/// <summary>So many characters of one kind.</summary>
public readonly record struct CodeToken(ushort Length, TokenKind Kind);

/// <summary>Kinds by the scopes that TextMate grammars give.</summary>
internal static class TokenKinds
{
    // The first that fits counts, from the innermost scope outwards. Null ends the search without a colour.
    private static readonly (string Prefix, TokenKind? Kind)[] Rules =
    [
        ("comment", TokenKind.Comment),
        ("constant.character.escape", TokenKind.Number),
        ("constant.numeric", TokenKind.Number),
        ("constant.other.color", TokenKind.Number),
        ("constant", TokenKind.Number),
        ("string", TokenKind.Text),
        ("keyword.operator.new", TokenKind.Keyword),
        ("keyword.operator.expression", TokenKind.Keyword),
        ("keyword.operator.logical.python", TokenKind.Keyword),
        ("keyword.operator", null),
        ("keyword", TokenKind.Keyword),
        ("storage.type.java", TokenKind.Type),
        ("storage", TokenKind.Keyword),
        ("variable.language", TokenKind.Keyword),
        ("variable", null),
        ("entity.name.function", TokenKind.Function),
        ("support.function", TokenKind.Function),
        ("entity.name.tag", TokenKind.Tag),
        ("entity.other.attribute-name", TokenKind.Attribute),
        ("support.type.property-name", TokenKind.Attribute),
        ("entity.name.section", TokenKind.Heading),
        ("entity.name", TokenKind.Type),
        ("entity.other.inherited-class", TokenKind.Type),
        ("support.class", TokenKind.Type),
        ("support.type", TokenKind.Type),
        ("markup.heading", TokenKind.Heading),
        ("markup.bold", TokenKind.Strong),
        ("markup.italic", TokenKind.Emphasis),
        ("markup.inserted", TokenKind.Inserted),
        ("markup.deleted", TokenKind.Deleted),
        ("markup.underline.link", TokenKind.Text),
        ("markup.inline.raw", TokenKind.Text),
        ("meta.embedded", null),
    ];

    public static TokenKind Of(IReadOnlyList<string> scopes)
    {
        for (var index = scopes.Count - 1; index > 0; index--)
        {
            foreach (var (prefix, kind) in Rules)
            {
                if (scopes[index].StartsWith(prefix, StringComparison.Ordinal))
                {
                    return kind ?? TokenKind.Plain;
                }
            }
        }
        return TokenKind.Plain;
    }

    /// <summary>Its class in code.css; null for plain text.</summary>
    public static string? Class(TokenKind kind) =>
        kind switch
        {
            TokenKind.Comment => "tc",
            TokenKind.Keyword => "tk",
            TokenKind.Text => "ts",
            TokenKind.Number => "tn",
            TokenKind.Type => "ty",
            TokenKind.Function => "tf",
            TokenKind.Tag => "tt",
            TokenKind.Attribute => "ta",
            TokenKind.Heading => "th",
            TokenKind.Strong => "tb",
            TokenKind.Emphasis => "te",
            TokenKind.Inserted => "ti",
            TokenKind.Deleted => "td",
            _ => null,
        };
}
