using SwePlatform.Tool;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Load;
using Xunit;

namespace SwePlatform.Tests.Tool.Load;

public sealed class ScenarioFileTests
{
    private readonly ScenarioFile _file = ScenarioFile.Read(ScenarioFile.StandardPath);

    [Fact]
    public void Its_scenarios_are_the_guides()
    {
        var smoke = _file.Plan("smoke", quick: false);
        Assert.Equal((1, TimeSpan.FromMinutes(1)), (smoke.MaxUsers, smoke.Duration));

        var load = _file.Plan("load", quick: false);
        Assert.Equal(TimeSpan.FromMinutes(21), load.Duration);
        Assert.Equal([50, 100, 200], load.Ramps.Select(ramp => ramp.Target).Distinct());

        var stress = _file.Plan("stress", quick: false);
        Assert.Equal([100, 200, 300, 400, 0], stress.Ramps.Select(ramp => ramp.Target).Distinct());
    }

    [Fact]
    public void Its_thresholds_are_the_guides()
    {
        Assert.Equal(
            [
                "http_req_duration{group:health} p(95)<100",
                "http_req_duration{group:health} p(99)<200",
                "http_req_duration{group:api} p(95)<500",
                "http_req_duration{group:api} p(99)<1000",
                "http_req_duration{group:tool} p(95)<2000",
                "http_req_duration{group:tool} p(99)<5000",
                "http_req_failed rate<0.01",
                "checks rate>0.99",
            ],
            Threshold.From(_file).Select(threshold => $"{threshold.Metric} {threshold.Expression}")
        );
    }

    [Fact]
    public void Each_scenario_has_a_shorter_form_and_a_script_for_k6()
    {
        Assert.All(
            _file.Scenarios.Keys,
            name =>
            {
                Assert.True(_file.Plan(name, quick: true).Duration < _file.Plan(name, quick: false).Duration);
                Assert.True(File.Exists(Path.Combine(Checkout.Find().Root, "scripts", "performance", "k6", $"{name}.js")), name);
            }
        );
    }

    [Fact]
    public void The_mix_has_each_kind_of_request()
    {
        Assert.Equal(["api", "health", "tool"], _file.Mix.Select(entry => entry.Group).Distinct().Order());
        Assert.Contains(_file.Mix, entry => entry.Method == "PATCH");
        Assert.Contains(_file.Mix, entry => entry.Body?.ToJsonString().Contains("{unique}", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_scenario_that_is_not_there_is_named_with_those_that_are() =>
        Assert.Contains(
            "There are: smoke, load",
            Assert.Throws<CommandException>(() => _file.Plan("storm", quick: false)).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("2m", 120)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5s", 1.5)]
    public void Durations_are_read_as_k6_does(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), LoadPlan.ParseDuration(text));

    [Theory]
    [InlineData("")]
    [InlineData("ten")]
    [InlineData("5")]
    public void What_is_no_duration_is_refused(string text) => Assert.Throws<CommandException>(() => LoadPlan.ParseDuration(text));

    [Fact]
    public void Arrivals_follow_the_ramps()
    {
        var plan = new LoadPlan(
            "ramps",
            IsOpen: true,
            0,
            [new(TimeSpan.FromSeconds(10), 100), new(TimeSpan.FromSeconds(5), 100), new(TimeSpan.FromSeconds(3), 0)],
            1,
            new(0, 0)
        );

        var arrivals = plan.Arrivals().ToList();

        // The areas below the ramps: 500, 500 and 150 requests.
        Assert.Equal(1150, arrivals.Count);
        Assert.Equal(arrivals.Order(), arrivals);
        Assert.Equal(500, arrivals.Count(arrival => arrival <= TimeSpan.FromSeconds(10)));
        Assert.Equal(125, arrivals.Count(arrival => arrival <= TimeSpan.FromSeconds(5)));
        Assert.True(arrivals[^1] <= plan.Duration);
        Assert.Equal(50, plan.At(TimeSpan.FromSeconds(5)));
    }
}
