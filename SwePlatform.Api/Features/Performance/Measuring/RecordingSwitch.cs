using Microsoft.Extensions.Options;
using SwePlatform.Api.Features.Settings;

namespace SwePlatform.Api.Features.Performance.Measuring;

/// <summary>
/// Turns the measuring of requests off and on again on all replicas, without a restart, by the setting
/// <c>performance.record-requests</c>. Unset, <see cref="PerformanceOptions.RecordRequests"/> decides.
/// </summary>
internal sealed partial class RecordingSwitch(
    SettingCache settings,
    Measurements measurements,
    IOptions<PerformanceOptions> options,
    TimeProvider time,
    ILogger<RecordingSwitch> logger
) : BackgroundService
{
    public const string Setting = "performance.record-requests";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // Requests come before the setting has been read for the first time.
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        measurements.IsEnabled = options.Value.RecordRequests;
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                var value = (await settings.FindAsync(Setting, fresh: false, stoppingToken))?.As<SettingResponse>().Value;
                measurements.IsEnabled = value is null ? options.Value.RecordRequests : !value.Utf8.AsSpan().SequenceEqual("false"u8);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // The database is unavailable, and others say so; measuring goes on as it was.
                Log.Unknown(logger, exception);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "The setting that turns measuring off could not be read")]
        public static partial void Unknown(ILogger logger, Exception exception);
    }
}
