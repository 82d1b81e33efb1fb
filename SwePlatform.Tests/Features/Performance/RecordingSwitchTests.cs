using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using SwePlatform.Api.Features.Performance.Measuring;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Performance;

public sealed class RecordingSwitchTests(Platform platform)
{
    [Fact]
    public async Task A_setting_turns_measuring_off_and_on_again_while_the_api_runs()
    {
        await using var database = await OwnDatabase.CreateAsync(platform);
        await using var api = platform.StartApi(("ConnectionStrings:swedb", database.Address.ConnectionString));
        using var admin = new ApiClient(api.ClientOptions.BaseAddress);
        await admin.LoginAsync(Platform.AdminEmail, Platform.AdminPassword);
        var measurements = api.Services.GetRequiredService<Measurements>();
        Assert.True(measurements.IsEnabled);

        (await admin.SendAsync(HttpMethod.Put, $"/config/{RecordingSwitch.Setting}", JsonContent.Create(new { value = false }))).Expect(
            HttpStatusCode.OK
        );
        await Eventually.HoldsAsync(() => !measurements.IsEnabled);
        var check = (await admin.GetAsync("/performance/checklist")).Expect(HttpStatusCode.OK)["sections"]!
            .AsArray()
            .SelectMany(section => section!["checks"]!.AsArray())
            .Single(check => (string)check!["id"]! == "monitoring")!;
        Assert.Equal("fail", (string)check["verdict"]!);
        Assert.Contains(RecordingSwitch.Setting, (string)check["fix"]!, StringComparison.Ordinal);

        (await admin.DeleteAsync($"/config/{RecordingSwitch.Setting}")).Expect(HttpStatusCode.NoContent);
        await Eventually.HoldsAsync(() => measurements.IsEnabled);
    }
}
