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

    /// <summary>
    /// How results are read again, which others may have written: an earlier version, or another replica. What was null is
    /// not in them.
    /// </summary>
    public static readonly JsonSerializerOptions Results = CreateForResults();

    private static readonly AIJsonSchemaCreateOptions SchemaOptions = new()
    {
        IncludeSchemaKeyword = true,
        TransformOptions = new() { DisallowAdditionalProperties = true },
    };

    private static readonly AIJsonSchemaCreateOptions ResultOptions = new() { IncludeSchemaKeyword = true };

    /// <summary>The JSON Schema (2020-12) of a record of arguments.</summary>
    public static JsonElement Schema(Type type) =>
        AIJsonUtilities.CreateJsonSchema(type, serializerOptions: Options, inferenceOptions: SchemaOptions);

    /// <summary>The JSON Schema (2020-12) of a result, which may have further members.</summary>
    public static JsonElement ResultSchema(Type type) =>
        AIJsonUtilities.CreateJsonSchema(type, serializerOptions: Results, inferenceOptions: ResultOptions);

    private static JsonSerializerOptions CreateForResults()
    {
        var options = new JsonSerializerOptions(Options)
        {
            RespectNullableAnnotations = false,
            RespectRequiredConstructorParameters = false,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        };
        options.MakeReadOnly();
        return options;
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
        HttpContract.ApplyJson(options);
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver();
        options.MakeReadOnly();
        return options;
    }
}
