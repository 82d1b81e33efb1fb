using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SwePlatform.Tests.Builders;

/// <summary>What an API logs as errors, for a test that fails to show why.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _errors = [];

    public override string ToString() => string.Join('\n', _errors.Take(10));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

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
            _errors.Enqueue($"{formatter(state, exception)}\n{exception}");
        }
    }

    public void Dispose() { }
}
