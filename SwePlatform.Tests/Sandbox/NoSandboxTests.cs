using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Sandbox;

/// <summary>A server without bubblewrap.</summary>
public sealed class NoSandboxTests(Platform platform)
{
    private static readonly (string, string) Missing = ("Tools:Sandbox:Bubblewrap", "no-such-bwrap");

    private readonly TestRepository _repository = platform.NewRepository().Write("a.txt", "a\n").Commit();

    [Fact]
    public async Task Tools_that_run_programs_are_unavailable_and_name_the_package()
    {
        await using var replica = platform.StartApi(Missing);
        using var bench = await Workbench.CreateAsync(platform, _repository, replica.ClientOptions.BaseAddress);

        var problem = (await bench.ExecuteAsync("process.run", new { command = new[] { "true" } })).ExpectProblem(
            HttpStatusCode.ServiceUnavailable
        );

        Assert.Contains("'bubblewrap'", (string)problem["detail"]!, StringComparison.Ordinal);
        await bench.WriteAsync("b.txt", "Writing needs no sandbox.\n");
        await bench.WriteAsync("c.cs", "class C;\n");
        await bench.WriteAsync("d.py", "class D: pass\n");
        var outline = await bench.UseAsync("code.outline", new { path = "." });
        Assert.Equal("c.cs", (string)outline["files"]!.AsArray().Single()!["path"]!);
        Assert.Contains("'bubblewrap'", (string)outline["note"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_may_do_without()
    {
        await using var replica = platform.StartApi(Missing, ("Tools:AllowUnsandboxed", "true"));
        using var bench = await Workbench.CreateAsync(platform, _repository, replica.ClientOptions.BaseAddress);

        Assert.Equal((0, "a\n"), await bench.ShellAsync("cat a.txt"));
        Assert.DoesNotContain("SWE_", (await bench.ShellAsync("env")).Output, StringComparison.Ordinal);
        var late = await bench.UseAsync("process.run", new { command = new[] { "sh", "-c", "sleep 30 & wait" }, timeoutSeconds = 1 });
        Assert.Equal("time_limit", (string)late["stopped"]!);
        Assert.Equal("not_found", (await bench.FailAsync("process.run", new { command = new[] { "no-such-program" } })).Code);
    }
}
