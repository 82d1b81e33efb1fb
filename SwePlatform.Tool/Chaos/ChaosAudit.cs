using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tool.Client;

namespace SwePlatform.Tool.Chaos;

/// <summary>Compares what was acknowledged with what is there.</summary>
internal sealed class ChaosAudit(ApiClient client, string project, string workspace)
{
    private const int PageSize = 500;
    private static readonly TimeSpan SettleTime = TimeSpan.FromMinutes(3);
    private static readonly string[] Ends = ["succeeded", "failed", "cancelled", "timed_out"];

    /// <returns>What is missing, in words; nothing if all is there.</returns>
    public async Task<IReadOnlyList<string>> FindLossesAsync(
        AcknowledgedWork work,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var losses = new List<string>();
        foreach (var id in work.Executions)
        {
            if (await FindEndAsync(id, cancellationToken) is { } problem)
            {
                losses.Add($"execution {id}: {problem}");
            }
        }
        var audited = await ReadAuditedAsync(since, cancellationToken);
        losses.AddRange(work.Executions.Where(id => !audited.Contains(id)).Select(id => $"execution {id} has no audit entry"));
        foreach (var (key, number) in work.Settings)
        {
            var value = (int?)(await client.GetAsync($"/api/v1/config/{key}", cancellationToken))["value"];
            if (value is null || value < number)
            {
                losses.Add($"setting {key} is {value}, and {number} was acknowledged");
            }
        }
        foreach (var (path, number) in work.Files)
        {
            var text = await ReadFileAsync(path, cancellationToken);
            if (!int.TryParse(text, CultureInfo.InvariantCulture, out var value) || value < number)
            {
                losses.Add($"file {path} holds '{text}', and {number} was acknowledged");
            }
        }
        var chain = await client.GetAsync("/api/v1/audit/verify", cancellationToken);
        if ((bool?)chain["valid"] != true)
        {
            losses.Add($"the audit log is broken: {chain["problem"]}");
        }
        return losses;
    }

    private async Task<string?> FindEndAsync(string id, CancellationToken cancellationToken)
    {
        for (var begun = TimeProvider.System.GetTimestamp(); ; await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken))
        {
            try
            {
                var status = (string?)(await client.GetAsync($"/api/v1/executions/{id}", cancellationToken))["status"];
                if (Ends.Contains(status))
                {
                    return null;
                }
                if (TimeProvider.System.GetElapsedTime(begun) > SettleTime)
                {
                    return $"it is still {status}";
                }
            }
            catch (ApiErrorException exception) when (exception.Status == HttpStatusCode.NotFound)
            {
                return "it is missing";
            }
        }
    }

    private async Task<HashSet<string>> ReadAuditedAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>();
        string? cursor = null;
        do
        {
            var page = await client.GetAsync(
                $"/api/v1/audit/logs?eventType=tool.execute&limit={PageSize}&from={Uri.EscapeDataString(since.ToString("O"))}"
                    + (cursor is null ? "" : $"&cursor={cursor}"),
                cancellationToken
            );
            foreach (var entry in page["items"]!.AsArray())
            {
                Collect(entry, found);
            }
            cursor = (string?)page["cursor"];
        } while (cursor is not null);
        return found;
    }

    private static void Collect(JsonNode? entry, HashSet<string> found)
    {
        if ((string?)entry?["resource"] is { } resource)
        {
            found.Add(resource);
        }
        if (entry?["details"] is JsonObject details && (string?)details["executionId"] is { } id)
        {
            found.Add(id);
        }
    }

    private async Task<string?> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await client.PostAsync(
            "/api/v1/tools/execute",
            new
            {
                toolName = "files.read",
                projectId = project,
                workspace,
                arguments = new { path },
            },
            cancellationToken
        );
        return ((string?)answer["result"]?["text"])?.Trim();
    }
}
