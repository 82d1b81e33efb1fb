using System.Text.Json.Serialization;
using SwePlatform.Api.Infrastructure.Http;

namespace SwePlatform.Api.Infrastructure.Json;

internal static class JsonContexts
{
    /// <summary>
    /// Adds a feature's contracts to those whose reading and writing the compiler makes: the first request of each kind needs
    /// no reflection. Names and rules are those of <see cref="HttpContract.ApplyJson"/>.
    /// </summary>
    public static void AddJsonContext(this WebApplicationBuilder builder, JsonSerializerContext context) =>
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, context));
}
