using System.Net;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Database;

public sealed class DatabaseReportTests(Platform platform)
{
    [Theory]
    [InlineData("0")]
    [InlineData("101")]
    [InlineData("many")]
    public async Task A_report_shows_a_sensible_number_of_statements(string statements)
    {
        using var admin = await platform.NewAdminAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await admin.GetAsync($"/performance/database?statements={statements}")).Status);
        var report = (await admin.GetAsync("/performance/database?statements=2")).Expect(HttpStatusCode.OK);
        Assert.InRange(report["statements"]!["slowestByMean"]!.AsArray().Count, 0, 2);
    }
}
