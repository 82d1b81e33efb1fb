using System.Collections.Concurrent;
using System.Globalization;

namespace SwePlatform.Api.Features.Diagnostics;

/// <summary>Remembers the last warnings and errors of this replica, so that a diagnosis can show them.</summary>
internal sealed class LogTally(TimeProvider time) : ILoggerProvider
{
    private const int Capacity = 1000;

    private readonly ConcurrentQueue<Entry> _entries = [];

    private sealed record Entry(DateTimeOffset At, LogLevel Level, string Category, string Message);

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

    /// <summary>Errors and warnings since a time, and the last few of the errors.</summary>
    public (int Errors, int Warnings, IReadOnlyList<string> Recent) Since(DateTimeOffset from)
    {
        var entries = _entries.Where(entry => entry.At >= from).ToList();
        var errors = entries.Where(entry => entry.Level >= LogLevel.Error).ToList();
        return (
            errors.Count,
            entries.Count - errors.Count,
            [
                .. errors
                    .TakeLast(5)
                    .Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.At:HH:mm:ss} {entry.Category}: {entry.Message}")),
            ]
        );
    }

    public void Dispose() { }

    private void Add(Entry entry)
    {
        _entries.Enqueue(entry);
        while (_entries.Count > Capacity)
        {
            _entries.TryDequeue(out _);
        }
    }

    private sealed class Recorder(LogTally tally, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and not LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                tally.Add(new(tally.Now, logLevel, category, formatter(state, exception)));
            }
        }
    }

    private DateTimeOffset Now => time.GetUtcNow();
}
