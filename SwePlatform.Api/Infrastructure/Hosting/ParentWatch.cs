namespace SwePlatform.Api.Infrastructure.Hosting;

/// <summary>
/// Stops the service when the process that started it is gone. That process holds the other end of standard
/// input and never writes to it, so end of file means that it ended, however it ended: no orphan keeps the port.
/// </summary>
internal sealed class ParentWatch(IHostApplicationLifetime lifetime) : IHostedService
{
    /// <summary>Environment variable that turns the watch on.</summary>
    public const string Setting = "SWE_STOP_WITH_PARENT";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Its own thread: a console read blocks and cannot be cancelled.
        new Thread(Watch) { IsBackground = true, Name = "parent watch" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Watch()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> buffer = stackalloc byte[16];
        while (input.Read(buffer) > 0)
        {
            // Whatever is written here means nothing.
        }
        lifetime.StopApplication();
    }
}

internal static class ParentWatchSetup
{
    public static void AddParentWatch(this WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetValue<bool>(ParentWatch.Setting))
        {
            builder.Services.AddHostedService<ParentWatch>();
        }
    }
}
