using Microsoft.Extensions.DependencyInjection;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Infrastructure.Caching;

public sealed class SharedCacheTests(Platform platform)
{
    private static readonly CacheKind Kind = new("test", TimeSpan.FromMinutes(5));

    private readonly SharedCache _cache = platform.Services.GetRequiredService<SharedCache>();
    private readonly CacheInvalidation _invalidation = platform.Services.GetRequiredService<CacheInvalidation>();
    private readonly string _key = Guid.CreateVersion7().ToString();
    private int _made;

    [Fact]
    public async Task Who_asks_at_the_same_time_waits_for_one_answer()
    {
        var release = new TaskCompletionSource();
        await Eventually.HoldsAsync(() => _invalidation.IsConnected);

        var all = Enumerable.Range(0, 50).Select(_ => ReadAsync("value", release.Task)).ToList();
        release.SetResult();

        Assert.All(await Task.WhenAll(all), value => Assert.Equal("value", value));
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task Who_asks_after_a_change_does_not_get_what_began_to_be_read_before_it()
    {
        var release = new TaskCompletionSource();
        await Eventually.HoldsAsync(() => _invalidation.IsConnected);
        var slow = ReadAsync("old", release.Task);
        await Eventually.HoldsAsync(() => Volatile.Read(ref _made) == 1);

        await _invalidation.InvalidateAsync(_key);
        var next = await ReadAsync("new", Task.CompletedTask);
        release.SetResult();

        Assert.Equal(("old", "new"), (await slow, next));
        Assert.Equal("new", await ReadAsync("new", Task.CompletedTask));
    }

    [Fact]
    public async Task Who_gives_up_does_not_take_the_answer_from_the_others()
    {
        var release = new TaskCompletionSource();
        using var impatient = new CancellationTokenSource();
        await Eventually.HoldsAsync(() => _invalidation.IsConnected);
        var first = ReadCancellableAsync("value", release.Task, impatient.Token);
        var second = ReadAsync("value", release.Task);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        release.SetResult();

        Assert.Equal("value", await second);
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task A_failure_is_not_remembered()
    {
        await Eventually.HoldsAsync(() => _invalidation.IsConnected);

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ReadAsync("value", Task.FromException(new InvalidOperationException("Not now.")))
        );

        Assert.Equal("value", await ReadAsync("value", Task.CompletedTask));
    }

    private Task<string> ReadAsync(string value, Task until) => ReadCancellableAsync(value, until, TestContext.Current.CancellationToken);

    private async Task<string> ReadCancellableAsync(string value, Task until, CancellationToken cancellationToken) =>
        (
            await _cache.GetAsync(
                Kind,
                _key,
                [_key],
                fresh: false,
                async (_, _) =>
                {
                    Interlocked.Increment(ref _made);
                    await until;
                    return value;
                },
                cancellationToken
            )
        ).As<string>();
}
