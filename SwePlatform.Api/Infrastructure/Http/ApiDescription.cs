using Microsoft.OpenApi;
using Scalar.AspNetCore;
using SwePlatform.Api.Infrastructure.Caching;

namespace SwePlatform.Api.Infrastructure.Http;

/// <summary>The OpenAPI document and the page that shows it.</summary>
internal static class ApiDescription
{
    public static void AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi(
            "v1",
            options =>
                options
                    .AddOperationTransformer(new OperationDescription())
                    .AddDocumentTransformer(
                        (document, _, _) =>
                        {
                            document.Info = new()
                            {
                                Title = "SWE Platform",
                                Version = "v1",
                                Description = "Run software-engineering tools on registered Git projects.",
                            };
                            // Relative, so that the document is the same by whichever name the server is called.
                            document.Servers = [new OpenApiServer { Url = "/" }];
                            document.Components ??= new();
                            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                            {
                                ["bearer"] = new OpenApiSecurityScheme
                                {
                                    Type = SecuritySchemeType.Http,
                                    Scheme = "bearer",
                                    Description = "An access token from /auth/login, or an API key.",
                                },
                                ["apiKey"] = new OpenApiSecurityScheme
                                {
                                    Type = SecuritySchemeType.ApiKey,
                                    In = ParameterLocation.Header,
                                    Name = "X-API-Key",
                                    Description = "An API key from /api-keys.",
                                },
                            };
                            document.Security =
                            [
                                .. document.Components.SecuritySchemes.Keys.Select(name => new OpenApiSecurityRequirement
                                {
                                    [new OpenApiSecuritySchemeReference(name, document)] = [],
                                }),
                            ];
                            return Task.CompletedTask;
                        }
                    )
        );

    public static void MapApiDescription(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous().CacheOutput(SharedResponse.Stable);
        app.MapScalarApiReference(options => options.WithTitle("SWE Platform API").DisableDefaultFonts()).AllowAnonymous();
    }
}
