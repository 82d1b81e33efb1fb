#if !ASPIRE
using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SwePlatform.Api.Infrastructure;
using SwePlatform.Tests.Infrastructure;
using Xunit;

namespace SwePlatform.Tests.Api;

/// <summary>What the compiler has to have made a reader and a writer for.</summary>
public sealed class SourceGeneratedJsonTests(Platform platform)
{
    [Fact]
    public async Task Every_contract_of_every_endpoint_is_read_and_written_without_reflection()
    {
        await using var replica = platform.StartApi();
        var endpoints = replica.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>().Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/api/v1/", StringComparison.Ordinal) == true).ToList();

        var contracts = endpoints.SelectMany(endpoint => endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Select(answer => answer.Type)
            .Concat(endpoint.Metadata.GetOrderedMetadata<IAcceptsMetadata>().Select(body => body.RequestType))).OfType<Type>().Where(IsContract).Distinct().ToList();

        Assert.True(contracts.Count >= 50, $"Only {contracts.Count} contracts of {endpoints.Count} endpoints were found.");
        var missing = contracts.Where(type => ApiJson.Default.GetTypeInfo(type) is null).Select(type => type.ToString()).ToList();
        Assert.True(missing.Count == 0, $"Add to ApiJson: {string.Join(", ", missing)}");
    }

    // Errors have a context of the framework's own; text and events are no JSON.
    private static bool IsContract(Type type) => type != typeof(void) && type != typeof(string) && type != typeof(SseItem<string>) && !type.IsAssignableTo(typeof(ProblemDetails));
}
#endif
