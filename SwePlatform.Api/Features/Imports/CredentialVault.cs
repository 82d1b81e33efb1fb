using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Features.Imports.Http;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Imports;

/// <summary>
/// Encrypts credentials for the database (AES-256-GCM). The key comes from the one secret that all replicas share and
/// the database does not have; each credential is bound to its import, so that it opens for no other.
/// </summary>
internal sealed class CredentialVault(IOptions<AuthOptions> options)
{
    private const byte Format = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        Encoding.UTF8.GetBytes(options.Value.SigningKey),
        32,
        info: "swe-platform credentials of imported tools"u8.ToArray()
    );

    public byte[] Protect(Guid importId, Credential credential)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(credential, ToolJson.Options);
        var sealedBytes = new byte[1 + NonceBytes + TagBytes + plain.Length];
        sealedBytes[0] = Format;
        var nonce = sealedBytes.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(
            nonce,
            plain,
            sealedBytes.AsSpan(1 + NonceBytes + TagBytes),
            sealedBytes.AsSpan(1 + NonceBytes, TagBytes),
            importId.ToByteArray()
        );
        CryptographicOperations.ZeroMemory(plain);
        return sealedBytes;
    }

    /// <exception cref="ToolException">It was encrypted with another key.</exception>
    public Credential Open(Guid importId, ReadOnlySpan<byte> protectedBytes)
    {
        var plain = new byte[protectedBytes.Length - 1 - NonceBytes - TagBytes];
        try
        {
            using var cipher = new AesGcm(_key, TagBytes);
            cipher.Decrypt(
                protectedBytes.Slice(1, NonceBytes),
                protectedBytes[(1 + NonceBytes + TagBytes)..],
                protectedBytes.Slice(1 + NonceBytes, TagBytes),
                plain,
                importId.ToByteArray()
            );
            return JsonSerializer.Deserialize<Credential>(plain, ToolJson.Options)!;
        }
        catch (CryptographicException)
        {
            throw new ToolException(
                "credential",
                "The stored credential cannot be read any more, because the server's signing key has changed. Give it again: "
                    + "PATCH /api/v1/tools/imports/{id}."
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}
