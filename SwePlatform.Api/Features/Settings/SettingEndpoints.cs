using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;

namespace SwePlatform.Api.Features.Settings;

public sealed record SettingResponse(string Key, RawJson Value, DateTimeOffset UpdatedAt)
{
    private static readonly SettingJson Json = new(new(JsonSerializerDefaults.Web));

    internal static SettingResponse From(Setting setting) =>
        new(setting.Key, new(Encoding.UTF8.GetBytes(setting.Value)), setting.UpdatedAt);

    internal byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, Json.SettingResponse);
}

/// <param name="Value">Any JSON value but null.</param>
public sealed record PutSettingRequest(JsonElement Value);

/// <summary>How a setting may be named.</summary>
internal static partial class SettingKey
{
    public const int MaxLength = 100;

    /// <exception cref="RequestException">It may not be named so.</exception>
    public static string Check(string key) =>
        Pattern().IsMatch(key)
            ? key
            : throw RequestException.Invalid(
                "key",
                $"A key has at most {MaxLength} lower-case letters, digits, '.', '-' and '_', and begins with a letter."
            );

    [GeneratedRegex(@"\A[a-z][a-z0-9._-]{0,99}\z")]
    private static partial Regex Pattern();
}

internal static class SettingEndpoints
{
    private const int MaxValueBytes = 64 * 1024;

    public static void AddSettings(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(SettingJson.Default);
        builder.Services.AddSingleton<SettingCache>();
    }

    public static void MapSettings(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/config").WithTags("Configuration");
        group.MapGet("", ListAsync).RequireAuthorization(Policies.Admin).WithSummary("All settings, by key");
        group.MapGet("/{key}", GetAsync).WithSummary("A setting");
        group.MapPut("/{key}", PutAsync).RequireAuthorization(Policies.Admin).WithSummary("Set a setting; every replica sees it at once");
        group.MapDelete("/{key}", DeleteAsync).RequireAuthorization(Policies.Admin).WithSummary("Remove a setting");
    }

    private static async Task<Ok<PagedList<SettingResponse>>> ListAsync(
        [AsParameters] Page page,
        SweDbContext data,
        CancellationToken cancellationToken
    )
    {
        var total = await data.Settings.LongCountAsync(cancellationToken);
        // By bytes, so that the order is the same whatever the language of the database.
        var settings = await data
            .Settings.AsNoTracking()
            .OrderBy(setting => EF.Functions.Collate(setting.Key, "C"))
            .Skip(page.Skip)
            .Take(page.Limit)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new PagedList<SettingResponse>(settings.ConvertAll(SettingResponse.From), page.Skip, page.Limit, total));
    }

    private static async Task<Results<CachedJsonResult<SettingResponse>, NotFound>> GetAsync(
        string key,
        HttpContext http,
        SettingCache cache,
        CancellationToken cancellationToken
    ) =>
        await cache.FindAsync(SettingKey.Check(key), http.Request.WantsFresh(), cancellationToken) is { } found
            ? new CachedJsonResult<SettingResponse>(found)
            : TypedResults.NotFound();

    private static async Task<Ok<SettingResponse>> PutAsync(
        string key,
        PutSettingRequest request,
        SweDbContext data,
        SettingCache cache,
        CurrentUser user,
        AuditTrail audit,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var value = request.Value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined
            ? throw RequestException.Invalid("value", "Give any JSON value but null. DELETE removes a setting.")
            : request.Value.GetRawText();
        if (Encoding.UTF8.GetByteCount(value) > MaxValueBytes)
        {
            throw RequestException.Invalid("value", $"A value has at most {MaxValueBytes / 1024} KiB.");
        }
        // What was written is what is answered: read afterwards, it might be somebody else's value by then, or gone.
        var stored = await data
            .Settings.FromSql(
                $"""
                INSERT INTO settings (key, value, updated_at, updated_by) VALUES ({SettingKey.Check(
                    key
                )}, {value}::jsonb, {time.GetUtcNow()}, {user.Id})
                ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by
                RETURNING *
                """
            )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        await cache.ForgetAsync(key);
        await audit.RecordAsync("config.update", key, actor: user);
        return TypedResults.Ok(SettingResponse.From(stored[0]));
    }

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        string key,
        SweDbContext data,
        SettingCache cache,
        CurrentUser user,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        SettingKey.Check(key);
        if (await data.Settings.Where(setting => setting.Key == key).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            return TypedResults.NotFound();
        }
        await cache.ForgetAsync(key);
        await audit.RecordAsync("config.delete", key, actor: user);
        return TypedResults.NoContent();
    }
}
