using System.Net;
using SwePlatform.Tests.Fixtures;
using SwePlatform.Tool;
using SwePlatform.Tool.Client;
using SwePlatform.Tool.Login;
using Xunit;

namespace SwePlatform.Tests.Tool.Login;

public sealed class LoginSessionTests : IDisposable
{
    private readonly Platform _platform;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("swe-login-");
    private readonly StringWriter _output = new();
    private readonly CredentialStore _store;
    private readonly LoginSession _login;

    public LoginSessionTests(Platform platform)
    {
        _platform = platform;
        _store = new(Path.Combine(_folder.FullName, "swe", "credentials.json"));
        _login = new(_store, _output);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signing_in_stores_a_key_that_works_and_that_nobody_else_can_read()
    {
        using var member = await _platform.NewMemberAsync();

        Assert.Equal(0, await SignInAsync(member));

        var stored = _store.Current!;
        Assert.Equal((_platform.Address, member.Email), (stored.Address, stored.Email));
        Assert.Equal(HttpStatusCode.OK, await TryAsync(stored.Key));
        Assert.DoesNotContain(stored.Key, _output.ToString(), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_store.Path));
        }
        Assert.Equal([_store.Path], Directory.GetFiles(Path.GetDirectoryName(_store.Path)!));
    }

    [Fact]
    public async Task Signing_in_again_revokes_the_key_before()
    {
        using var member = await _platform.NewMemberAsync();
        await SignInAsync(member);
        var first = _store.Current!.Key;

        await SignInAsync(member);

        Assert.NotEqual(first, _store.Current.Key);
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(first));
        Assert.Equal(1, (int)(await member.GetAsync("/api-keys")).Expect(HttpStatusCode.OK)["total"]!);
    }

    [Fact]
    public async Task Signing_out_revokes_the_key_and_forgets_it()
    {
        using var member = await _platform.NewMemberAsync();
        await SignInAsync(member);
        var stored = _store.Current!;

        Assert.Equal(0, await _login.SignOutAsync(stored, Cancel));

        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(stored.Key));
        Assert.False(File.Exists(_store.Path));
    }

    [Fact]
    public async Task A_key_that_was_made_elsewhere_survives_signing_out()
    {
        using var member = await _platform.NewMemberAsync();
        var key = (string)
            (await member.PostAsync("/api-keys", new { name = "mine", scopes = new[] { "read" } })).Expect(HttpStatusCode.Created)["key"]!;

        Assert.Equal(0, await _login.UseKeyAsync(_platform.Address, key, Cancel));
        Assert.Equal(member.Email, _store.Current!.Email);
        Assert.Equal(0, await _login.SignOutAsync(_store.Current, Cancel));

        Assert.Equal(HttpStatusCode.OK, await TryAsync(key));
        Assert.Null(_store.Current);
    }

    [Fact]
    public async Task A_platform_that_is_gone_does_not_keep_anybody_signed_in()
    {
        _store.Add(new(new("http://127.0.0.1:9/"), "ada@example.com", "swe_key", "id"));

        Assert.Equal(1, await _login.SignOutAsync(_store.Current!, Cancel));

        Assert.Null(_store.Current);
        Assert.Contains("could not be revoked", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_and_a_wrong_key_store_nothing()
    {
        using var member = await _platform.NewMemberAsync();

        var password = await Assert.ThrowsAsync<ApiErrorException>(() =>
            _login.SignInAsync(_platform.Address, member.Email, "not-the-password", Cancel)
        );
        await Assert.ThrowsAsync<ApiErrorException>(() => _login.UseKeyAsync(_platform.Address, "swe_unknown", Cancel));

        Assert.Contains("The email or the password is wrong.", password.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-password", password.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_store.Path));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_not_overwritten_and_leaves_no_key_behind()
    {
        using var member = await _platform.NewMemberAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(_store.Path)!);
        await File.WriteAllTextAsync(_store.Path, "{ half", Cancel);

        var refused = await Assert.ThrowsAsync<CommandException>(() => SignInAsync(member));

        Assert.Contains(_store.Path, refused.Message, StringComparison.Ordinal);
        Assert.Equal("{ half", await File.ReadAllTextAsync(_store.Path, Cancel));
        Assert.Equal(0, (int)(await member.GetAsync("/api-keys")).Expect(HttpStatusCode.OK)["total"]!);
    }

    public void Dispose()
    {
        _output.Dispose();
        _folder.Delete(recursive: true);
    }

    private Task<int> SignInAsync(Builders.ApiClient member) =>
        _login.SignInAsync(_platform.Address, member.Email, Builders.ApiClient.Password, Cancel);

    private async Task<HttpStatusCode> TryAsync(string key)
    {
        using var http = new HttpClient { BaseAddress = _platform.Address };
        http.DefaultRequestHeaders.Add("X-API-Key", key);
        using var response = await http.GetAsync(new Uri("/api/v1/users/me", UriKind.Relative), Cancel);
        return response.StatusCode;
    }
}
