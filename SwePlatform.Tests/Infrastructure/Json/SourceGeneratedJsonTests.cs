using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SwePlatform.Api;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Tests.Fixtures;
using Xunit;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace SwePlatform.Tests.Infrastructure.Json;

/// <summary>What the compiler has to have made a reader and a writer for.</summary>
public sealed class SourceGeneratedJsonTests(Platform platform)
{
    [Fact]
    public async Task Every_contract_of_every_endpoint_is_read_and_written_without_reflection_and_as_reflection_would()
    {
        await using var replica = platform.StartApi();
        var contracts = FindContracts(replica.Services.GetRequiredService<EndpointDataSource>());
        Assert.True(contracts.Count >= 50, $"Only {contracts.Count} contracts were found.");

        var resolvers = replica.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions.TypeInfoResolverChain;
        var contexts = JsonTypeInfoResolver.Combine([
            .. resolvers.Where(resolver => resolver.GetType().Assembly == typeof(ApiMarker).Assembly),
        ]);
        var (generated, reflected) = (Options(contexts), Options(new DefaultJsonTypeInfoResolver()));
        var missing = contracts.Where(type => contexts.GetTypeInfo(type, generated) is null).Select(type => type.ToString()).ToList();
        Assert.True(missing.Count == 0, $"Add to the JSON context of their feature: {string.Join(", ", missing)}");

        var (seen, open) = (new HashSet<Type>(), new Stack<Type>(contracts));
        while (open.TryPop(out var type))
        {
            if (!seen.Add(type) || type.Namespace?.StartsWith("SwePlatform", StringComparison.Ordinal) != true)
            {
                continue;
            }
            var info = generated.GetTypeInfo(type);
            Assert.Equal(Describe(reflected.GetTypeInfo(type)), Describe(info));
            foreach (
                var part in info
                    .Properties.Select(property => property.PropertyType)
                    .SelectMany(part => part.GetGenericArguments().Append(part))
            )
            {
                open.Push(part);
            }
        }
    }

    private static List<Type> FindContracts(EndpointDataSource endpoints) =>
        [
            .. endpoints
                .Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/api/v1/", StringComparison.Ordinal) == true)
                .SelectMany(endpoint =>
                    endpoint
                        .Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>()
                        .Select(answer => answer.Type)
                        .Concat(endpoint.Metadata.GetOrderedMetadata<IAcceptsMetadata>().Select(body => body.RequestType))
                )
                .OfType<Type>()
                .Where(IsContract)
                .Distinct(),
        ];

    // Errors have a context of the framework's own; text and events are no JSON.
    private static bool IsContract(Type type) =>
        type != typeof(void) && type != typeof(string) && type != typeof(SseItem<string>) && !type.IsAssignableTo(typeof(ProblemDetails));

    private static JsonSerializerOptions Options(IJsonTypeInfoResolver resolver)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = resolver };
        HttpContract.ApplyJson(options);
        return options;
    }

    private static string Describe(JsonTypeInfo info) =>
        $"{info.Type} {info.Kind} {info.UnmappedMemberHandling}\n"
        + string.Join(
            '\n',
            info.Properties.Select(property =>
                $"{property.Name}: {property.PropertyType}, required {property.IsRequired}, null out "
                + $"{property.IsGetNullable}, null in {property.IsSetNullable}, "
                + $"written {property.Get is not null}, {property.NumberHandling} {property.CustomConverter?.GetType()}, "
                + $"parameter {property.AssociatedParameter?.Position} {property.AssociatedParameter?.HasDefaultValue} "
                + $"{property.AssociatedParameter?.DefaultValue}"
            )
        );
}
