using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace SwePlatform.Api.Infrastructure.Http;

/// <summary>
/// What the OpenAPI document says of each operation beside what its handler shows: a name for generated clients, the errors that any
/// of its kind can give, and the headers that middleware reads.
/// </summary>
internal sealed class OperationDescription : IOpenApiOperationTransformer
{
    private const string Problem = "ProblemDetails";

    private static readonly (string Method, string Path, string Header, string About)[] Headers =
    [
        ("POST", "api/v1/tools/execute", "Prefer", "respond-async, or wait=<seconds>: answer 202 at once, or after so long."),
        ("POST", "api/v1/tools/execute", "Idempotency-Key", "Repeated with the same key, the call is made once; for 24 hours."),
        ("POST", "api/v1/tools/execute", "Cache-Control", "no-cache runs the tool although its result is known."),
        ("POST", "api/v1/projects", "Idempotency-Key", "Repeated with the same key, one project is made; for 24 hours."),
        ("GET", "api/v1/projects", "Cache-Control", "no-cache reads what is stored, whatever is cached."),
        ("GET", "api/v1/tools", "Cache-Control", "no-cache reads what is stored, whatever is cached."),
        ("GET", "api/v1/users/me", "Cache-Control", "no-cache reads what is stored, whatever is cached."),
    ];

    public async Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var method = context.Description.HttpMethod ?? "GET";
        var path = (context.Description.RelativePath ?? "").Trim('/');
        operation.OperationId ??= Name(method, path);
        foreach (var header in Headers.Where(header => header.Method == method && header.Path == path))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = header.Header,
                    In = ParameterLocation.Header,
                    Description = header.About,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                }
            );
        }
        var isAnonymous = context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any();
        if (isAnonymous)
        {
            // Or the document's own would count.
            operation.Security = [new OpenApiSecurityRequirement()];
        }
        if (context.Document?.Components?.Schemas?.ContainsKey(Problem) != true)
        {
            context.Document?.AddComponent(Problem, await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), null, cancellationToken));
        }
        operation.Responses ??= new OpenApiResponses();
        foreach (var (status, about) in Errors(method, path, isAnonymous))
        {
            if (!operation.Responses.TryGetValue(status, out var known) || known.Content is not { Count: > 0 })
            {
                operation.Responses[status] = new OpenApiResponse
                {
                    Description = about,
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, context.Document) },
                    },
                };
            }
        }
    }

    private static IEnumerable<(string Status, string About)> Errors(string method, string path, bool isAnonymous)
    {
        yield return ("400", "An argument breaks a rule; 'errors' has it by field.");
        if (!isAnonymous)
        {
            yield return ("401", "Nobody is signed in.");
            yield return ("403", "Not for this caller.");
        }
        if (path.Contains('{', StringComparison.Ordinal))
        {
            yield return ("404", "It is not there, or not for this caller.");
        }
        if (method is "POST" or "PUT" or "PATCH" or "DELETE")
        {
            yield return ("409", "It contradicts what is there.");
        }
        if (method is "POST" or "PUT" or "PATCH")
        {
            yield return ("413", "The body is too large.");
            yield return ("415", "The body is not JSON.");
        }
        yield return ("429", "Too many requests; Retry-After says when to come again.");
        yield return ("500", "Something failed here; 'traceId' finds it in the log.");
        yield return ("503", "Something that this needs does not answer, or there is no room for more.");
    }

    // GET api/v1/projects/{id}/members is getProjectsByIdMembers.
    private static string Name(string method, string path)
    {
        var name = new StringBuilder(method.ToLowerInvariant());
        foreach (var segment in path.Split('/').Where(segment => segment is not ("api" or "v1" or "")))
        {
            var plain = segment.StartsWith('{') ? "by-" + segment.Trim('{', '}', '*').Split(':')[0] : segment;
            foreach (var word in plain.Split(['-', '.', '_'], StringSplitOptions.RemoveEmptyEntries))
            {
                name.Append(char.ToUpperInvariant(word[0])).Append(word.AsSpan(1));
            }
        }
        return name.ToString();
    }
}
