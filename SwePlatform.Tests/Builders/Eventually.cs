using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace SwePlatform.Tests.Builders;

/// <summary>Waits for what has to come: no longer than it takes, and as long as a machine may take that stalls.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>Waits until something holds.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        await FindAsync(async () => await condition() ? string.Empty : null, what);

    /// <summary>Waits until something holds.</summary>
    public static Task HoldsAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        HoldsAsync(() => Task.FromResult(condition()), what);

    /// <summary>Looks for something until it is there.</summary>
    public static async Task<T> FindAsync<T>(Func<Task<T?>> find, [CallerArgumentExpression(nameof(find))] string what = "")
        where T : class
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await find() is { } found)
            {
                return found;
            }
            Assert.True(Stopwatch.GetElapsedTime(begin) < Timeout, $"Not so within {Timeout.TotalSeconds:0} seconds: {what}");
            await Task.Delay(PollInterval, TestContext.Current.CancellationToken);
        }
    }
}
