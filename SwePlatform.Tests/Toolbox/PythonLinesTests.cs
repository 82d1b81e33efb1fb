using System.Diagnostics;
using System.Globalization;
using SwePlatform.Api.Toolbox.Code;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

/// <summary>Lines of Python's own library, as Python's own tokenizer tells them apart.</summary>
public sealed class PythonLinesTests(ITestOutputHelper output)
{
    // What is a statement of strings alone is a comment; what any other token is on is code.
    private const string Reference = """
        import glob, io, os, sysconfig, tokenize as T
        quiet = (T.COMMENT, T.NL, T.INDENT, T.DEDENT, T.ENCODING, T.ENDMARKER)
        root = sysconfig.get_paths()['stdlib']
        for path in sorted(glob.glob(os.path.join(root, '*.py')) + glob.glob(os.path.join(root, '*', '*.py')))[::3]:
            data = open(path, 'rb').read()
            try:
                text = data.decode('utf-8')
                tokens = list(T.tokenize(io.BytesIO(data).readline))
            except Exception:
                continue
            if not text or text.startswith(('#!', '\ufeff')) or '\r' in text:
                continue
            code, statement, depth = set(), [], 0
            for token in tokens:
                if token.type in quiet:
                    continue
                semicolon = token.type == T.OP and token.string == ';' and depth == 0
                if semicolon:
                    code.add(token.start[0])
                if semicolon or token.type == T.NEWLINE:
                    if any(part.type != T.STRING or part.string.lstrip('rR')[:1] in 'fF' for part in statement):

                        for part in statement:
                            code.update(range(part.start[0], part.end[0] + 1))
                    statement = []
                    continue
                depth += token.type == T.OP and token.string in '([{'
                depth -= token.type == T.OP and token.string in ')]}'
                statement.append(token)
            lines = text.split('\n')
            if lines[-1] == '':
                lines.pop()
            blank = {n for n, line in enumerate(lines, 1) if line.strip(' \t\r\f\v') == ''}
            code = (code - blank) & set(range(1, len(lines) + 1))
            print(path, len(blank), len(lines) - len(blank) - len(code), len(code), sep='\t')
        """;

    [Fact]
    public async Task Lines_are_those_that_the_tokenizer_finds()
    {
        using var python = Start();
        Assert.SkipWhen(python is null, "There is no python3 here.");
        var table = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);

        var files = table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToList();
        var wrong = files
            .Select(file =>
                (
                    Path: file[0],
                    Expected: new LineCounts(Number(file[1]), Number(file[2]), Number(file[3])),
                    Actual: LineCounter.Count(File.ReadAllBytes(file[0]), Languages.Named(Languages.Python))
                )
            )
            .Where(file => file.Expected != file.Actual)
            .ToList();
        output.WriteLine($"{files.Count} files, {files.Sum(file => Number(file[3]))} lines of code");

        Assert.True(files.Count > 100, $"{files.Count} files");
        Assert.Empty(wrong);
    }

    private static Process? Start()
    {
        try
        {
            return Process.Start(new ProcessStartInfo("python3", ["-c", Reference]) { RedirectStandardOutput = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
