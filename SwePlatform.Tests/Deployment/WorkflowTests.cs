using System.Text.RegularExpressions;
using Xunit;

namespace SwePlatform.Tests.Deployment;

public sealed partial class WorkflowTests
{
    private static string[] Files => Directory.GetFiles(DeploymentFiles.PathOf(".github", "workflows"), "*.yml");

    [Fact]
    public void Actions_are_pinned_and_may_read_only()
    {
        Assert.Equal(3, Files.Length);
        foreach (var file in Files)
        {
            var text = File.ReadAllText(file);
            Assert.Contains("\npermissions:\n  contents: read\n", text, StringComparison.Ordinal);
            Assert.All(Uses().Matches(text), match => Assert.Matches(@"^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", match.Groups[1].Value));
            Assert.Equal(text.Split("actions/checkout@").Length, text.Split("persist-credentials: false").Length);
        }
    }

    [Fact]
    public void Both_values_of_AspireFullFeed_are_built()
    {
        var builds = DeploymentFiles.ReadYaml(".github", "workflows", "ci.yml")["jobs"]!["build"]!;

        Assert.Equal(["false", "true"], builds["strategy"]!["matrix"]!["full"]!.AsArray().Select(value => (string)value!));
        Assert.Contains(
            builds["steps"]!.AsArray(),
            step => ((string?)step!["run"])?.Contains("-p:AspireFullFeed=${{ matrix.full }}", StringComparison.Ordinal) == true
        );
    }

    [Fact]
    public async Task Workflows_pass_actionlint() => await SchemaCheck.RunAsync("workflow", Files);

    [GeneratedRegex(@"uses: (.+)")]
    private static partial Regex Uses();
}
