namespace SwePlatform.Tool.Connect;

/// <param name="Name">What the client calls the server.</param>
/// <param name="Project">Name or id of the project that the server is bound to; null for all.</param>
/// <param name="Global">For all projects of the user, rather than the current folder.</param>
/// <param name="Print">Only show the configuration.</param>
/// <param name="KeyVariable">The environment variable that will hold a key; then none is made.</param>
/// <param name="ApiKey">A key to use; then none is made.</param>
internal sealed record ConnectOptions(
    string? Name,
    string? Project,
    bool Global,
    bool Print,
    string? KeyVariable,
    string? ApiKey,
    string? Email,
    string? Password
);
