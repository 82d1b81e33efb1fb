namespace SwePlatform.Api.Features.Auth;

/// <summary>One line in the log for each credential that is refused, up to a number in a minute: guessing must not fill a disk.</summary>
internal sealed partial class RefusalLog(TimeProvider time, ILogger<RefusalLog> logger)
{
    private const int MaxLines = 20;
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long _begin = time.GetTimestamp();
    private int _lines;
    private int _omitted;

    /// <param name="reason">Why; never the credential itself.</param>
    public void Refused(string? address, string path, string reason)
    {
        int omitted;
        lock (_lock)
        {
            omitted = 0;
            if (time.GetElapsedTime(_begin) > Span)
            {
                (omitted, _begin, _lines, _omitted) = (_omitted, time.GetTimestamp(), 0, 0);
            }
            if (_lines >= MaxLines)
            {
                _omitted++;
                return;
            }
            _lines++;
        }
        if (omitted > 0)
        {
            Log.Omitted(logger, omitted);
        }
        Log.Refused(logger, address, path.Length > 200 ? path[..200] : path, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A credential from {Address} was refused at {Path}: {Reason}")]
        public static partial void Refused(ILogger logger, string? address, string path, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} further credentials were refused within a minute")]
        public static partial void Omitted(ILogger logger, int count);
    }
}
