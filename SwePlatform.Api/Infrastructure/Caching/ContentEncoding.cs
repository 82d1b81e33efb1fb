using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>Which compression a client takes.</summary>
internal static class ContentEncoding
{
    public const string Brotli = "br";
    public const string Gzip = "gzip";

    /// <summary>Brotli if the client takes it no less than gzip; null if it takes neither.</summary>
    public static string? Choose(StringValues accepted)
    {
        if (StringValues.IsNullOrEmpty(accepted) || !StringWithQualityHeaderValue.TryParseList(accepted, out var encodings))
        {
            return null;
        }
        var (brotli, gzip) = (Quality(encodings, Brotli), Quality(encodings, Gzip));
        return brotli > 0 && brotli >= gzip ? Brotli
            : gzip > 0 ? Gzip
            : null;
    }

    private static double Quality(IList<StringWithQualityHeaderValue> encodings, string name)
    {
        foreach (var encoding in encodings)
        {
            if (encoding.Value.Equals(name, StringComparison.OrdinalIgnoreCase) || encoding.Value == "*")
            {
                return encoding.Quality ?? 1;
            }
        }
        return 0;
    }
}
