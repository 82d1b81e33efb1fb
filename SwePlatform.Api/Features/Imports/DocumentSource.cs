using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Features.Imports.Http;
using SwePlatform.Api.Features.Imports.OpenApi;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Features.Imports;

/// <summary>Gets documents, and the tools out of them. Large ones take memory and time, so few are read at once.</summary>
internal sealed class DocumentSource(OutboundClient client, IOptions<OutboundOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _places = new(2);

    public async Task<OpenApiDocument> ReadAsync(string? specUrl, JsonElement? spec, Guid userId, CancellationToken cancellationToken)
    {
        var field = specUrl is null ? "spec" : "specUrl";
        try
        {
            var bytes = specUrl is null
                ? Posted(spec!.Value)
                : await DownloadAsync(OutboundGuard.CheckForm(specUrl), userId, cancellationToken);
            return await RunAsync(() => OpenApiDocument.Parse(bytes), cancellationToken);
        }
        catch (Exception exception) when (exception is DocumentException or OutboundRefusedException)
        {
            throw RequestException.Invalid(field, exception.Message);
        }
    }

    public async Task<ReadOperations> ReadOperationsAsync(
        OpenApiDocument document,
        string name,
        string? specUrl,
        Uri? onlyOrigin,
        CancellationToken cancellationToken
    )
    {
        var reader = new DocumentReader(document, name, specUrl is null ? null : new Uri(specUrl), onlyOrigin, options.Value.MaxOperations);
        try
        {
            var read = await RunAsync(() => reader.Read(cancellationToken), cancellationToken);
            return read.Operations.Count > 0
                ? read
                : throw new DocumentException(
                    read.Skipped.Count == 0
                        ? "The document has no operations."
                        : $"None of the document's operations can be called; the first because {read.Skipped[0].Reason}."
                );
        }
        catch (DocumentException exception)
        {
            throw RequestException.Invalid(specUrl is null ? "spec" : "specUrl", exception.Message);
        }
    }

    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in an escape is seen only when the text is read.
            throw new DocumentException("The document has text that is not valid Unicode.");
        }
        finally
        {
            _places.Release();
        }
    }

    private static byte[] Posted(JsonElement spec) =>
        Encoding.UTF8.GetBytes(spec.ValueKind == JsonValueKind.String ? spec.GetString()! : spec.GetRawText());

    private async Task<byte[]> DownloadAsync(Uri address, Guid userId, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(options.Value.DownloadLimit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("Accept", "application/json, application/yaml, */*;q=0.8");
            request.Headers.TryAddWithoutValidation("User-Agent", "swe-platform/1");
            using var response = await client.SendAsync(request, $"{userId} {address.Authority}", repeatable: true, limited.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new DocumentException(
                    (int)response.StatusCode is >= 300 and < 400
                        ? $"The server answered {(int)response.StatusCode} and points elsewhere. Redirects are not followed; give the "
                            + "address that they lead to."
                        : $"The server answered {(int)response.StatusCode}."
                );
            }
            var (bytes, truncated) = await ResponseReader.ReadBytesAsync(response, options.Value.MaxDocumentBytes, limited.Token);
            return truncated
                ? throw new DocumentException(
                    $"The document is larger than {options.Value.MaxDocumentBytes / 1024 / 1024} MiB (Tools:Http:MaxDocumentBytes)."
                )
                : bytes;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DocumentException($"The document did not arrive within {options.Value.DownloadLimit.TotalSeconds:0} s.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            throw new DocumentException("The server broke its answer off, or it could not be read.");
        }
    }

    public void Dispose() => _places.Dispose();
}
