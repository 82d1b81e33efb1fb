namespace SwePlatform.Api.Infrastructure.Identity;

/// <summary>Marks endpoints for which an API key needs the scope <c>execute</c>.</summary>
internal sealed class RunsTools;

/// <summary>Marks the endpoint by which an API key ends itself, whatever its scopes.</summary>
internal sealed class RevokesItself;
