using Microsoft.AspNetCore.Identity;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Concurrency;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Features.Auth;

/// <summary>
/// Hashes passwords and checks them. It is made to be slow, and anyone may ask for it: so it has threads of its own, which
/// get what other requests leave, and a queue that ends.
/// </summary>
internal sealed class PasswordHashing(IPasswordHasher<User> hasher)
{
    private const int MaxWaiting = 256;

    // The hash of a random password that nobody knows.
    private static readonly string NobodysHash = new PasswordHasher<User>().HashPassword(null!, RandomToken.Create());

    private static readonly LowPriorityThreads Threads = new("passwords");

    private int _waiting;

    public Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        QueueAsync(() => hasher.HashPassword(null!, password), cancellationToken);

    /// <param name="user">Null if there is none: that takes as much time, so that the answer's speed does not tell the two apart.</param>
    public Task<PasswordVerificationResult> VerifyAsync(User? user, string password, CancellationToken cancellationToken) =>
        QueueAsync(() => hasher.VerifyHashedPassword(user!, user?.PasswordHash ?? NobodysHash, password), cancellationToken);

    private async Task<T> QueueAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return Interlocked.Increment(ref _waiting) <= MaxWaiting
                ? await Threads.StartAsync(work, TimeSpan.Zero, cancellationToken)
                : throw RequestException.Unavailable(
                    "Too many sign-ins and registrations wait for their turn. Try again.",
                    TimeSpan.FromSeconds(5)
                );
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
