namespace SwePlatform.AppHost.Embedded.LoadTest.Baseline;
internal sealed class BaselineCommand(LoadTestSettings settings, TextWriter output)
{
    public Task<int> RunAsync(string into, CancellationToken stop) => throw new HostException(into + settings + output + stop);
}
