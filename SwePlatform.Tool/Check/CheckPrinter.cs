using System.Text.Json.Nodes;
using SwePlatform.Tool.Client;

namespace SwePlatform.Tool.Check;

/// <summary>Asks a running platform for its checklist and diagnosis and prints them. It needs nothing but HTTP.</summary>
internal sealed class CheckPrinter(TextWriter output)
{
    public const int Passed = 0;
    public const int Failed = 1;

    private static readonly string[] Reports = ["checklist", "diagnosis"];

    private enum Verdict
    {
        Pass,
        Warn,
        Unknown,
        Fail,
    }

    /// <param name="strict">Whether a warning, or what could not be found out, fails as well.</param>
    /// <returns>The exit code: 0 if no probe failed, 1 if one did.</returns>
    public async Task<int> RunAsync(ApiClient client, bool strict, CancellationToken cancellationToken)
    {
        var worst = Verdict.Pass;
        foreach (var name in Reports)
        {
            var report = await client.GetAsync($"/api/v1/performance/{name}", cancellationToken);
            foreach (var section in report["sections"]!.AsArray())
            {
                var verdict = await PrintAsync(section!);
                worst = verdict > worst ? verdict : worst;
            }
        }
        await output.WriteLineAsync(
            worst switch
            {
                Verdict.Fail => "FAIL: at least one probe failed.",
                Verdict.Pass => "PASS: every probe passed.",
                _ => "PASS: no probe failed; see the warnings.",
            }
        );
        return worst == Verdict.Fail || (strict && worst != Verdict.Pass) ? Failed : Passed;
    }

    private async Task<Verdict> PrintAsync(JsonNode section)
    {
        var worst = Verdict.Pass;
        await output.WriteLineAsync($"{section["title"]}");
        foreach (var check in section["checks"]!.AsArray())
        {
            var verdict = Enum.TryParse<Verdict>((string)check!["verdict"]!, ignoreCase: true, out var known) ? known : Verdict.Unknown;
            worst = verdict > worst ? verdict : worst;
            await output.WriteLineAsync($"  {check["verdict"], -7}  {check["title"]}: {check["summary"]}");
            foreach (var line in check["evidence"]!.AsArray())
            {
                await output.WriteLineAsync($"             {line}");
            }
            if (check["fix"] is { } fix)
            {
                await output.WriteLineAsync($"           → {fix}");
            }
        }
        await output.WriteLineAsync();
        return worst;
    }
}
