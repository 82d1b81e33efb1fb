using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace SwePlatform.AppHost.Check;

/// <summary>
/// Asks a running platform for its checklist and diagnosis and prints them: <c>dotnet run --project SwePlatform.AppHost -- check</c>.
/// It is the same in both modes, and needs nothing but HTTP.
/// </summary>
internal static class CheckCommand
{
    public const int Passed = 0;
    public const int Failed = 1;
    public const int CannotRun = 2;

    private const string AdminEmail = "admin@swe.local";
    private static readonly string[] Reports = ["checklist", "diagnosis"];

    /// <summary>As the environment says: <c>API_URL</c>, and <c>API_TOKEN</c> or <c>SWE_ADMIN_PASSWORD</c>.</summary>
    public static Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var address = Environment.GetEnvironmentVariable("API_URL") ?? "http://localhost:8000";
        return RunAsync(new Uri(address), Variable("API_TOKEN"), Variable("SWE_ADMIN_PASSWORD"), arguments.Contains("--strict"), output, error, CancellationToken.None);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <param name="token">An administrator's access token or API key; null to sign in with <paramref name="password"/>.</param>
    /// <param name="strict">Whether a warning, or what could not be found out, fails as well.</param>
    /// <returns>The exit code: 0 if no probe failed, 1 if one did, 2 if the platform could not be asked.</returns>
    public static async Task<int> RunAsync(Uri address, string? token, string? password, bool strict, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
        try
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token ?? await SignInAsync(http, password, cancellationToken));
            var worst = 0;
            foreach (var name in Reports)
            {
                worst = Math.Max(worst, await PrintAsync(await GetAsync(http, $"/api/v1/performance/{name}", cancellationToken), output));
            }
            await output.WriteLineAsync(worst switch { 3 => "FAIL: at least one probe failed.", 0 => "PASS: every probe passed.", _ => "PASS: no probe failed; see the warnings." });
            return worst == 3 || (strict && worst > 0) ? Failed : Passed;
        }
        catch (Exception exception) when (exception is HttpRequestException or CheckException)
        {
            await error.WriteLineAsync(exception is CheckException ? exception.Message : $"No API answers at {address} ({exception.Message}) Start the platform with ./run.sh, or name another address in API_URL.");
            return CannotRun;
        }
    }

    private static async Task<string> SignInAsync(HttpClient http, string? password, CancellationToken cancellationToken)
    {
        if (password is null)
        {
            throw new CheckException("Set API_TOKEN (an administrator's access token or API key), or SWE_ADMIN_PASSWORD, or name the platform's data folder with --data.");
        }
        using var response = await http.PostAsJsonAsync("/api/v1/auth/login", new { email = AdminEmail, password }, cancellationToken);
        return (string?)(await ReadAsync(response, cancellationToken))["token"] ?? throw new CheckException("The API did not give a token.");
    }

    private static async Task<JsonNode> GetAsync(HttpClient http, string path, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode ? JsonNode.Parse(text)!
            : throw new CheckException($"{response.RequestMessage!.RequestUri!.AbsolutePath} answers with {(int)response.StatusCode}: {text}");
    }

    // The worst verdict, as a number: 0 pass, 1 warn, 2 unknown, 3 fail.
    private static async Task<int> PrintAsync(JsonNode report, TextWriter output)
    {
        var worst = 0;
        foreach (var section in report["sections"]!.AsArray())
        {
            await output.WriteLineAsync($"{section!["title"]}");
            foreach (var check in section["checks"]!.AsArray())
            {
                var verdict = (string)check!["verdict"]!;
                worst = Math.Max(worst, verdict switch { "fail" => 3, "unknown" => 2, "warn" => 1, _ => 0 });
                await output.WriteLineAsync($"  {verdict,-7}  {check["title"]}: {check["summary"]}");
                foreach (var line in check["evidence"]!.AsArray())
                {
                    await output.WriteLineAsync($"             {line}");
                }
                if (check["mend"] is { } mend)
                {
                    await output.WriteLineAsync($"           → {mend}");
                }
            }
            await output.WriteLineAsync();
        }
        return worst;
    }

    private sealed class CheckException(string message) : Exception(message);
}
