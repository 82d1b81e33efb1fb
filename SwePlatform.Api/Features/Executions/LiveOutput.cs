using System.Text;
using SwePlatform.Api.Sandbox;

namespace SwePlatform.Api.Features.Executions;

/// <summary>
/// Sends what a tool prints to those who follow it. Small pieces are gathered for a moment, so that a tool that prints
/// letter by letter costs no more than one that prints lines; beyond a limit the rest is dropped from the live view.
/// </summary>
internal sealed class LiveOutput(Guid executionId, ExecutionEvents events, TimeProvider time) : ILiveOutput, IAsyncDisposable
{
    private const int MaxCharacters = 2 * 1024 * 1024;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly List<(string Stream, StringBuilder Text)> _pending = [];
    private int _sent;
    private Task _sending = Task.CompletedTask;

    public void Write(string stream, string text)
    {
        lock (_lock)
        {
            if (text.Length == 0 || _sent >= MaxCharacters)
            {
                return;
            }
            text = text.Length > MaxCharacters - _sent ? text[..(MaxCharacters - _sent)] : text;
            _sent += text.Length;
            if (_pending.Count == 0 || _pending[^1].Stream != stream)
            {
                _pending.Add((stream, new()));
            }
            _pending[^1].Text.Append(text);
            if (_sending.IsCompleted)
            {
                _sending = SendAsync();
            }
        }
    }

    private async Task SendAsync()
    {
        await Task.Delay(Moment, time);
        while (true)
        {
            (string Stream, StringBuilder Text)[] batch;
            lock (_lock)
            {
                if (_pending.Count == 0)
                {
                    _sending = Task.CompletedTask;
                    return;
                }
                batch = [.. _pending];
                _pending.Clear();
            }
            foreach (var (stream, text) in batch)
            {
                await events.PublishAsync(executionId, ExecutionEvent.Output, new { stream, text = text.ToString() });
            }
        }
    }

    /// <summary>Waits until everything is sent.</summary>
    public async ValueTask DisposeAsync()
    {
        while (true)
        {
            Task sending;
            lock (_lock)
            {
                sending = _sending;
            }
            if (sending.IsCompleted)
            {
                return;
            }
            await sending;
        }
    }
}
