using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SwePlatform.Api.Features.Auth;

/// <summary>Secrets that are handed out once and kept only as a hash: they are random, so SHA-256 without salt suffices.</summary>
internal static class RandomToken
{
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
