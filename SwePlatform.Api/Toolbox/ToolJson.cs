using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;
using SwePlatform.Api.Infrastructure.Http;

namespace SwePlatform.Api.Toolbox;

/// <summary>How arguments are read, results written, and schemas generated.</summary>
internal static class ToolJson
{
    public static readonly JsonSerializerOptions Options = Create();

    private static readonly AIJsonSchemaCreateOptions SchemaOptions = new()
    {
        IncludeSchemaKeyword = true,
        TransformOptions = new() { DisallowAdditionalProperties = true },
    };

    /// <summary>The JSON Schema (2020-12) of a record of arguments.</summary>
    public static JsonElement Schema(Type type) =>
        AIJsonUtilities.CreateJsonSchema(type, serializerOptions: Options, inferenceOptions: SchemaOptions);

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
        HttpContract.ApplyJson(options);
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver();
        options.MakeReadOnly();
        return options;
    }
}
