namespace SwePlatform.AppHost.Embedded.Services;

/// <summary>How one service process is started.</summary>
/// <param name="Name">Its name in the log.</param>
/// <param name="Assembly">The built assembly.</param>
/// <param name="ContentRoot">The project's folder, which becomes the working directory.</param>
/// <param name="Port">Where it listens.</param>
/// <param name="Environment">Asked anew at each start, because a sign-in code must not be given twice.</param>
internal sealed record ServiceDefinition(
    string Name, string Assembly, string ContentRoot, int Port, Func<IEnumerable<KeyValuePair<string, string>>> Environment)
{
    public Uri Address => new($"http://localhost:{Port}");
}
