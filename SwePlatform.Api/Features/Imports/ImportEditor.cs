using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Imports.Http;
using SwePlatform.Api.Features.Imports.OpenApi;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Imports;

/// <summary>Makes and changes imports. Nothing is stored before all of it is known to be good.</summary>
internal sealed class ImportEditor(
    SweDbContext data,
    DocumentSource source,
    OutboundGuard guard,
    CredentialVault vault,
    ImportedTools tools,
    ToolListCache lists,
    ToolRegistry registry,
    CurrentUser user,
    IOptions<OutboundOptions> options,
    TimeProvider time
)
{
    private const int MaxShownSkipped = 500;

    public async Task<ToolImport> CreateAsync(CreateImportRequest request, CancellationToken cancellationToken)
    {
        var spec = request.Spec is { ValueKind: JsonValueKind.String or JsonValueKind.Object } given ? given : (JsonElement?)null;
        if (request.SpecUrl is null == spec is null)
        {
            throw RequestException.Invalid(
                request.Spec is not null && spec is null ? "spec" : "specUrl",
                "Give either specUrl, or spec as an object or text."
            );
        }
        await CheckNameAsync(request.Name, cancellationToken);
        var document = await source.ReadAsync(request.SpecUrl, spec, user.Id, cancellationToken);
        var baseUrl = request.BaseUrl is { } address ? ReadBaseUrl(address) : FirstServer(document, request.SpecUrl);
        await CheckHostAsync(baseUrl, cancellationToken);
        var read = await source.ReadOperationsAsync(
            document,
            request.Name,
            request.SpecUrl,
            request.BaseUrl is null ? baseUrl : null,
            cancellationToken
        );
        var now = time.GetUtcNow();
        var import = new ToolImport
        {
            UserId = user.Id,
            Name = request.Name,
            SpecUrl = request.SpecUrl,
            BaseUrl = baseUrl.AbsoluteUri,
            IsBaseUrlGiven = request.BaseUrl is not null,
            OpenApiVersion = "",
            Operations = [],
            Skipped = "",
            CreatedAt = now,
        };
        Fill(import, document, read);
        if (request.Credential is { } credential)
        {
            import.Credential = vault.Protect(import.Id, Complete(credential, document));
        }
        data.ToolImports.Add(import);
        await SaveAsync(import, cancellationToken);
        return import;
    }

    public async Task<RefreshResponse> RefreshAsync(ToolImport import, JsonElement? spec, bool dryRun, CancellationToken cancellationToken)
    {
        if (import.SpecUrl is null && spec is not { ValueKind: JsonValueKind.String or JsonValueKind.Object })
        {
            throw RequestException.Invalid("spec", "This import was made of a document without an address; give the new one here.");
        }
        if (import.SpecUrl is not null && spec is not null)
        {
            throw RequestException.Invalid("spec", "This import has an address to refresh from; give no document.");
        }
        var document = await source.ReadAsync(import.SpecUrl, spec, user.Id, cancellationToken);
        // The address stays, whatever the document says by now: the credential is for that one.
        var read = await source.ReadOperationsAsync(
            document,
            import.Name,
            import.SpecUrl,
            import.IsBaseUrlGiven ? null : new Uri(import.BaseUrl),
            cancellationToken
        );
        var before = OperationPack
            .Unpack(import.Operations)
            .Operations.ToDictionary(operation => operation.Name, OperationPack.Fingerprint);
        var after = read.Operations.ToDictionary(operation => operation.Name, OperationPack.Fingerprint);
        if (!dryRun)
        {
            Fill(import, document, read);
            import.Version++;
            await SaveAsync(import, cancellationToken);
        }
        string[] Named(IEnumerable<string> names) => [.. names.Select(name => $"{import.Name}.{name}").Order(StringComparer.Ordinal)];
        var common = before.Keys.Where(after.ContainsKey).ToLookup(name => before[name] == after[name]);
        return new(
            dryRun,
            Named(after.Keys.Where(name => !before.ContainsKey(name))),
            Named(before.Keys.Where(name => !after.ContainsKey(name))),
            Named(common[false]),
            Named(common[true]),
            read.Skipped.Count,
            [.. read.Skipped.Take(MaxShownSkipped)]
        );
    }

    public async Task ChangeAsync(ToolImport import, ChangeImportRequest request, CancellationToken cancellationToken)
    {
        if (request.Shared is { } shared && shared != import.Shared)
        {
            import.Shared = user.IsAdmin
                ? shared
                : throw new RequestException(StatusCodes.Status403Forbidden, "Only an administrator can share tools with everyone.");
        }
        if (request.BaseUrl is { } address)
        {
            var baseUrl = ReadBaseUrl(address);
            await CheckHostAsync(baseUrl, cancellationToken);
            var moves =
                Uri.Compare(
                    baseUrl,
                    new Uri(import.BaseUrl),
                    UriComponents.SchemeAndServer,
                    UriFormat.Unescaped,
                    StringComparison.OrdinalIgnoreCase
                ) != 0;
            if (moves && import.Credential is not null && request.Credential is null && !request.RemoveCredential)
            {
                // Else an administrator, who may change it, could have it sent to a server of their own.
                throw RequestException.Invalid(
                    "credential",
                    "The credential is for the server that the import has now. Give the new server's, or removeCredential."
                );
            }
            (import.BaseUrl, import.IsBaseUrlGiven) = (baseUrl.AbsoluteUri, true);
        }
        if (request.RemoveCredential)
        {
            import.Credential = null;
        }
        if (request.Credential is { } credential)
        {
            import.Credential = vault.Protect(import.Id, Complete(credential, null));
        }
        import.Version++;
        await SaveAsync(import, cancellationToken);
    }

    private async Task SaveAsync(ToolImport import, CancellationToken cancellationToken)
    {
        import.UpdatedAt = time.GetUtcNow();
        try
        {
            await data.SaveOrConflictAsync($"There is an import '{import.Name}' already.", cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw RequestException.Conflict("The import was changed or deleted at the same time. Look at it and try again.");
        }
        finally
        {
            tools.Refresh();
            await lists.ForgetAsync();
        }
    }

    private static void Fill(ToolImport import, OpenApiDocument document, ReadOperations read)
    {
        import.Title = document.Title is { } title ? InputSchema.Shorten(title, 190).Replace('\0', ' ') : null;
        import.OpenApiVersion = InputSchema.Shorten(document.Version, 19);
        import.Operations = OperationPack.Pack(read.Operations);
        import.ToolCount = read.Operations.Count;
        import.SkippedCount = read.Skipped.Count;
        import.Skipped = JsonSerializer.Serialize(read.Skipped.Take(MaxShownSkipped), ToolJson.Options);
    }

    private async Task CheckNameAsync(string name, CancellationToken cancellationToken)
    {
        if (ImportName.Reserved.Contains(name) || registry.IsBuiltInCategory(name))
        {
            throw RequestException.Invalid("name", $"'{name}' is the name of tools of the platform; choose another.");
        }
        if (await data.ToolImports.CountAsync(import => import.UserId == user.Id, cancellationToken) >= options.Value.MaxImportsPerUser)
        {
            throw RequestException.Conflict(
                $"You have {options.Value.MaxImportsPerUser} imports, which is the limit (Tools:Http:MaxImportsPerUser). Delete one."
            );
        }
        if (await data.ToolImports.UsableBy(user.Id).AnyAsync(import => import.Name == name, cancellationToken))
        {
            throw RequestException.Conflict($"There is an import '{name}' already, of your own or shared with everyone.");
        }
    }

    private static Uri ReadBaseUrl(string text)
    {
        try
        {
            return ServerAddress.Plain(OutboundGuard.CheckForm(text));
        }
        catch (OutboundRefusedException exception)
        {
            throw RequestException.Invalid("baseUrl", exception.Message);
        }
    }

    private static Uri FirstServer(OpenApiDocument document, string? specUrl) =>
        ServerAddress.ReadFirst(document, specUrl is null ? null : new Uri(specUrl))
        ?? throw RequestException.Invalid("baseUrl", "The document does not say where the API is, or only in part. Give baseUrl.");

    // A host that is not found may be found later; a private one is refused at once. Every call checks again.
    private async Task CheckHostAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            await guard.ResolveAsync(address.IdnHost, address.Port, cancellationToken);
        }
        catch (OutboundRefusedException exception) when (!exception.IsUnknownHost)
        {
            throw RequestException.Invalid("baseUrl", exception.Message);
        }
        catch (OutboundRefusedException) { }
    }

    private static Credential Complete(Credential credential, OpenApiDocument? document)
    {
        if (
            credential is { Type: CredentialType.ApiKey, Name: null }
            && document is not null
            && SecuritySchemes.FindApiKey(document) is { } key
        )
        {
            credential = credential with { In = key.Place, Name = key.Name };
        }
        return credential.Check() is var (field, problem) ? throw RequestException.Invalid(field, problem) : credential;
    }
}
