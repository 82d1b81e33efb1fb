using System.Diagnostics;
using SwePlatform.Tests.Fixtures;
using SwePlatform.Tests.Tool.CommandLine;
using SwePlatform.Tool;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Login;
using Xunit;

namespace SwePlatform.Tests.Tool.Discovery;

public sealed class RunningSystemTests(Platform platform) : IDisposable
{
    private readonly Swe _swe = new(platform);

    [Fact]
    public void A_running_system_says_where_its_parts_are()
    {
        var running = RunningSystem.Need(_swe.Folder);

        Assert.Equal((Environment.ProcessId, platform.Address), (running.ProcessId, running.Api));
        Assert.Equal(platform.DatabaseConnectionString, running.Database);
        Assert.Null(running.Web);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"api":{"ProcessId":1,"Started":"2026-01-01T00:00:00"}}""")]
    public void A_file_of_another_kind_is_no_running_system(string text)
    {
        _swe.Write("run.json", text);

        Assert.Null(RunningSystem.Read(_swe.Folder));
    }

    [Fact]
    public async Task A_file_of_a_process_that_ended_is_no_running_system()
    {
        using var process = Process.Start(new ProcessStartInfo("git", ["--version"]) { RedirectStandardOutput = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        _swe.Write("run.json", $$"""{"processId":{{process.Id}},"startedAt":"2026-01-01T00:00:00Z","api":"http://localhost:1"}""");

        var refused = Assert.Throws<CommandException>(() => RunningSystem.Need(_swe.Folder));

        Assert.Equal($"The platform of {_swe.Folder} is not running. Start it with: ./run.sh --data {_swe.Folder}", refused.Message);
    }

    [Fact]
    public void A_data_folder_tells_address_and_password()
    {
        var target = ApiTarget.Find(url: null, _swe.Folder, asAdministrator: true, NoCredentials());

        Assert.Equal(new ApiTarget(platform.Address, null, Platform.AdminPassword), target);
    }

    [Fact]
    public void An_address_that_is_named_goes_before_what_runs()
    {
        var target = ApiTarget.Find("https://swe.example.com/base", _swe.Folder, asAdministrator: false, NoCredentials());

        Assert.Equal(new Uri("https://swe.example.com/base/"), target.Address);
    }

    [Fact]
    public void The_key_of_a_login_is_for_its_own_platform_only()
    {
        var store = NoCredentials();
        store.Add(new(new("https://swe.example.com/"), "ada@example.com", "swe_key", "id"));

        Assert.Equal("swe_key", ApiTarget.Find("https://swe.example.com", null, asAdministrator: false, store).Token);
        Assert.Null(ApiTarget.Find("https://other.example.com", null, asAdministrator: false, store).Token);
    }

    [Fact]
    public void The_password_of_this_machine_is_not_sent_elsewhere() =>
        Assert.Null(ApiTarget.Find("https://swe.example.com", null, asAdministrator: true, NoCredentials()).Password);

    [Fact]
    public void Where_only_the_stores_run_there_is_no_api()
    {
        _swe.Write("run.json", $$"""{"processId":{{Environment.ProcessId}},"startedAt":"2026-01-01T00:00:00Z","api":null}""");

        var refused = Assert.Throws<CommandException>(() => ApiTarget.Find(null, _swe.Folder, asAdministrator: true, NoCredentials()));

        Assert.Contains("Only the stores", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _swe.Dispose();

    private CredentialStore NoCredentials() => new(Path.Combine(_swe.Folder, "config", "swe", "credentials.json"));
}
