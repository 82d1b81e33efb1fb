using System.Diagnostics;
using TextMateSharp.Grammars;
using TextMateSharp.Registry;

namespace SwePlatform.Web.Highlighting;

/// <summary>
/// Colours code by TextMate grammars. Their expressions can be slow on texts that were made for that, so each line and each file has
/// a limit, and files take turns: what is not coloured stays plain.
/// </summary>
internal sealed partial class CodeHighlighter(ILogger<CodeHighlighter> logger) : IDisposable
{
    // Such a line is data, and nobody reads it for its colours.
    private const int MaxLineLength = 2000;
    private const int MaxLines = 30_000;
    private const int MaxCharacters = 2 * 1024 * 1024;

    private static readonly TimeSpan LineLimit = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FileLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(40);

    // The grammars keep state of their own, so one thread has them at a time.
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Registry _registry = new(new RegistryOptions(ThemeName.LightPlus));
    private readonly Dictionary<string, IGrammar?> _grammars = [];

    /// <summary>Colours what is not coloured yet, and says so now and then.</summary>
    /// <param name="limit">How much time it may take; <see cref="FileLimit"/> if null. What is left can be coloured later.</param>
    public async Task ColourAsync(CodeText text, TimeSpan? limit, Action progress, CancellationToken cancellationToken)
    {
        if (text.Scope is null || text.Text.Length > MaxCharacters || text.LineCount > MaxLines)
        {
            text.EndColouring();
        }
        var (used, state) = (TimeSpan.Zero, (IStateStack?)null);
        // Who begins in the middle does not know what it is in the middle of.
        var next = 0;
        while (!text.IsColoured && used < (limit ?? FileLimit))
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                var slice = limit is { } left && left - used < Slice ? left - used : Slice;
                var from = next;
                (next, state, var taken) = await Task.Run(() => Colour(text, from, state, slice), cancellationToken);
                used += taken;
            }
            finally
            {
                _turn.Release();
            }
            progress();
        }
        if (limit is null)
        {
            text.EndColouring();
        }
    }

    private (int Next, IStateStack? State, TimeSpan Used) Colour(CodeText text, int from, IStateStack? state, TimeSpan slice)
    {
        var clock = Stopwatch.StartNew();
        var index = from;
        try
        {
            if (FindGrammar(text.Scope!) is not { } grammar)
            {
                text.EndColouring();
                return (index, state, clock.Elapsed);
            }
            for (; index < text.LineCount && clock.Elapsed < slice; index++)
            {
                var line = text.Line(index);
                if (line.Length > MaxLineLength)
                {
                    text.Colour(index, []);
                    continue;
                }
                var result = grammar.TokenizeLine(line.ToString(), state, LineLimit);
                text.Colour(index, Merge(result.Tokens, line.Length));
                state = result.RuleStack;
            }
            if (index >= text.LineCount)
            {
                text.EndColouring();
            }
        }
        catch (Exception exception)
        {
            // A grammar that fails is no reason not to show a file.
            Log.Failed(logger, exception, text.Scope!);
            text.EndColouring();
        }
        return (index, state, clock.Elapsed);
    }

    private static CodeToken[] Merge(IToken[] tokens, int length)
    {
        var merged = new List<CodeToken>();
        foreach (var token in tokens)
        {
            var end = Math.Min(token.EndIndex, length);
            var size = end - Math.Min(token.StartIndex, length);
            if (size <= 0)
            {
                continue;
            }
            var kind = TokenKinds.Of(token.Scopes);
            if (merged.Count > 0 && merged[^1].Kind == kind)
            {
                merged[^1] = new((ushort)(merged[^1].Length + size), kind);
            }
            else
            {
                merged.Add(new((ushort)size, kind));
            }
        }
        return [.. merged];
    }

    private IGrammar? FindGrammar(string language)
    {
        if (!_grammars.TryGetValue(language, out var grammar))
        {
            var options = new RegistryOptions(ThemeName.LightPlus);
            grammar = options.GetScopeByLanguageId(language) is { } scope ? _registry.LoadGrammar(scope) : null;
            _grammars[language] = grammar;
        }
        return grammar;
    }

    public void Dispose() => _turn.Dispose();

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A text was not coloured to its end as {Language}")]
        public static partial void Failed(ILogger logger, Exception exception, string language);
    }
}
