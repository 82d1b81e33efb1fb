using SwePlatform.Tests.Builders;
using Xunit;

[assembly: AssemblyFixture(typeof(SwePlatform.Tests.Fixtures.Platform))]

namespace SwePlatform.Tests.Fixtures;

/// <summary>
/// One API on real stores, for all tests. Each test makes its own user and rows in it; none looks at those of others.
/// </summary>
public sealed partial class Platform : IAsyncLifetime
{
    public const string AdminEmail = "admin@swe.local";
    public const string AdminPassword = "correct-horse-battery-staple";

    private readonly DirectoryInfo _repositories = Directory.CreateTempSubdirectory("swe-repositories-");

    /// <summary>The folder whose repositories may be registered by path.</summary>
    public string RepositoryRoot => _repositories.FullName;

    /// <summary>The address of the API.</summary>
    public Uri Address { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Address = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _repositories.Delete(recursive: true);
    }

    /// <summary>A client that is nobody yet.</summary>
    internal ApiClient NewStranger() => new(Address);

    /// <summary>A client of a new member of its own.</summary>
    internal async Task<ApiClient> NewMemberAsync()
    {
        var client = NewStranger();
        await client.RegisterAsync();
        return client;
    }

    internal async Task<ApiClient> NewAdminAsync()
    {
        var client = NewStranger();
        await client.LoginAsync(AdminEmail, AdminPassword);
        return client;
    }

    /// <summary>A new, empty repository below <see cref="RepositoryRoot"/>.</summary>
    internal TestRepository NewRepository() => new(Path.Combine(RepositoryRoot, Guid.CreateVersion7().ToString("N")));
}
