using System.Collections.Frozen;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Sandbox;

namespace SwePlatform.Api.Toolbox.Code;

/// <summary>A symbol, as Universal Ctags reports it.</summary>
internal sealed record CtagsSymbol(string Name, string? Kind, string? Scope, int Line, int? End);

/// <summary>
/// Universal Ctags, for the languages that the platform has no parser of its own for. It gets contents and never a
/// checkout, reads no options from anywhere, and runs in a sandbox without files, network or workspace.
/// </summary>
internal sealed class Ctags(
    Bubblewrap bubblewrap,
    SandboxPlan plan,
    ResourceLimits limits,
    ProcessStarter starter,
    IOptions<SandboxOptions> options
)
{
    public const string Package = "universal-ctags";

    private const int MaxLine = 1024 * 1024;
    private const int MaxAnswers = 64 * 1024 * 1024;
    private const int MaxErrors = 16 * 1024;

    private static readonly FileInfo Program = new("/usr/bin/ctags");

    // The name under which a language's files are given: they are untrusted, and not all are known.
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["Ada"] = "a.ada",
        ["Bourne Shell"] = "a.sh",
        ["Bourne Again Shell"] = "a.sh",
        ["C"] = "a.c",
        ["C++"] = "a.cpp",
        ["C/C++ Header"] = "a.hpp",
        ["CUDA"] = "a.cu",
        ["Clojure"] = "a.clj",
        ["Elixir"] = "a.ex",
        ["Erlang"] = "a.erl",
        ["Fortran 90"] = "a.f90",
        ["Go"] = "a.go",
        ["Haskell"] = "a.hs",
        ["Java"] = "a.java",
        ["JavaScript"] = "a.js",
        ["JSX"] = "a.js",
        ["Julia"] = "a.jl",
        ["Kotlin"] = "a.kt",
        ["Lua"] = "a.lua",
        ["OCaml"] = "a.ml",
        ["Pascal"] = "a.pas",
        ["Perl"] = "a.pl",
        ["PHP"] = "a.php",
        ["PowerShell"] = "a.ps1",
        ["Protocol Buffers"] = "a.proto",
        ["Python"] = "a.py",
        ["R"] = "a.r",
        ["Ruby"] = "a.rb",
        ["Rust"] = "a.rs",
        ["Scheme"] = "a.scm",
        ["SQL"] = "a.sql",
        ["Tcl/Tk"] = "a.tcl",
        ["TypeScript"] = "a.ts",
        ["Verilog-SystemVerilog"] = "a.sv",
        ["VHDL"] = "a.vhdl",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Languages => Names.Keys.Order(StringComparer.Ordinal);

    public static bool Covers(string? language) => language is not null && Names.ContainsKey(language);

    /// <summary>Says which program it is, for results that depend on it; null if there is none.</summary>
    public static string? Fingerprint()
    {
        Program.Refresh();
        return Program.Exists ? $"{Program.Length}-{Program.LastWriteTimeUtc.Ticks}" : null;
    }

    /// <summary>What a result depends on beside the files: the program, and whether it can be run.</summary>
    public async Task<string> DescribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Fingerprint() is { } program ? $"{program} {await bubblewrap.FindAsync(cancellationToken)}" : "none";
        }
        catch (RequestException)
        {
            return "none";
        }
    }

    /// <summary>The symbols of each file, in the order of the files.</summary>
    public async Task<List<List<CtagsSymbol>>> ReadAsync(
        IReadOnlyList<(string Language, byte[] Content)> files,
        CancellationToken cancellationToken
    )
    {
        string[] command =
        [
            Program.FullName,
            "--quiet",
            "--options=NONE",
            "--_interactive=sandbox",
            "--output-format=json",
            "--fields=+ne-P",
        ];
        var start = await bubblewrap.FindAsync(cancellationToken) is { } bwrap
            ? plan.Start(bwrap, [.. plan.ProbeArguments(bwrap), .. limits.Arguments(options.Value, deleteOnly: true), .. command])
            : new ProcessStartInfo(command[0], command.Skip(1));
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment.Clear();
        start.WorkingDirectory = "/";
        using var process = await starter.StartAsync(start);
        await using var stop = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var errors = new CappedOutput("stderr", MaxErrors, NoLiveOutput.Instance);
        var reading = errors.ReadAsync(process.StandardError.BaseStream);
        var writing = WriteAsync(process, files, cancellationToken);
        var found = await ReadAnswersAsync(process.StandardOutput, cancellationToken);
        await writing;
        await process.WaitForExitAsync(cancellationToken);
        await reading;
        return found.Count == files.Count
            ? found
            : throw new ToolException(
                ToolException.Unsupported,
                $"Universal Ctags gave up ({errors.Text.Trim()}). It has to be version 5.9 or later, with JSON and its own "
                    + $"sandbox: the package '{Package}' has both."
            );
    }

    private static async Task WriteAsync(
        Process process,
        IReadOnlyList<(string Language, byte[] Content)> files,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var stream = process.StandardInput.BaseStream;
            foreach (var (language, content) in files)
            {
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes(
                        $"{{\"command\":\"generate-tags\",\"filename\":\"{Names[language]}\",\"size\":{content.Length}}}\n"
                    ),
                    cancellationToken
                );
                await stream.WriteAsync(content, cancellationToken);
                await stream.FlushAsync(cancellationToken);
            }
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended early; what it said until then tells why.
        }
    }

    private static async Task<List<List<CtagsSymbol>>> ReadAnswersAsync(StreamReader answers, CancellationToken cancellationToken)
    {
        var found = new List<List<CtagsSymbol>>();
        var current = new List<CtagsSymbol>();
        var lines = new BoundedLines(answers, MaxLine, MaxAnswers);
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            using var answer = JsonDocument.Parse(line);
            switch (Text(answer.RootElement, "_type"))
            {
                case "tag" when Text(answer.RootElement, "name") is { } name && !name.StartsWith("__anon", StringComparison.Ordinal):
                    current.Add(
                        new(
                            name,
                            Text(answer.RootElement, "kind"),
                            Text(answer.RootElement, "scope"),
                            Number(answer.RootElement, "line") ?? 1,
                            Number(answer.RootElement, "end")
                        )
                    );
                    break;
                case "completed":
                    found.Add(current);
                    current = [];
                    break;
            }
        }
        return found;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static int? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var member) && member.TryGetInt32(out var number) ? number : null;
}
