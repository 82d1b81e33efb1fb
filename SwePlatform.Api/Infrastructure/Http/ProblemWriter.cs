using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace SwePlatform.Api.Infrastructure.Http;

/// <summary>
/// Writes problems as <c>application/problem+json</c> whatever the caller accepts: who asks for a stream of events, and gets
/// none, wants to know why all the same.
/// </summary>
internal sealed class ProblemWriter(IOptions<ProblemDetailsOptions> options, IOptions<JsonOptions> json) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        options.Value.CustomizeProblemDetails?.Invoke(context);
        await context.HttpContext.Response.WriteAsJsonAsync(
            context.ProblemDetails,
            context.ProblemDetails.GetType(),
            json.Value.SerializerOptions,
            "application/problem+json",
            context.HttpContext.RequestAborted
        );
    }
}
