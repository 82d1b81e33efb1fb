using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Sandbox;

/// <summary>Bombs, with limits so small that they harm nobody.</summary>
public sealed class SandboxLimitTests(Platform platform) : IDisposable
{
    private readonly Platform.ApiFactory _api = platform.StartApi(
        ("Tools:Sandbox:MemoryBytes", $"{192 << 20}"),
        ("Tools:Sandbox:Processes", "48"),
        ("Tools:Sandbox:FileBytes", $"{8 << 20}"),
        ("Tools:Sandbox:TempBytes", $"{16 << 20}"),
        ("Tools:Sandbox:CpuSeconds", "2"),
        ("Tools:Sandbox:TempFiles", "1000"),
        ("Workspaces:MaxWorkspaceFiles", "2000")
    );

    private Task<Workbench> NewBenchAsync() =>
        Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a\n").Commit(), _api.ClientOptions.BaseAddress);

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_fork_bomb_stays_small_and_ends()
    {
        using var bench = await NewBenchAsync();

        var result = await bench.UseAsync(
            "process.run",
            new { command = new[] { "sh", "-c", "b() { b | b & }; b; sleep 3; echo survived" }, timeoutSeconds = 120 }
        );

        Assert.True(
            (string?)result["stopped"] == "process_limit"
                || ((string)result["stderr"]!).Contains("fork", StringComparison.OrdinalIgnoreCase),
            result.ToJsonString()
        );
        Assert.Equal(0, (await bench.ShellAsync("echo ok")).ExitCode);
    }

    [Fact]
    public async Task A_memory_bomb_is_stopped()
    {
        using var bench = await NewBenchAsync();

        var one = await bench.RunAsync("python3", "-c", "b=[]\nwhile True: b.append(bytearray(1<<22))");
        var many = await bench.RunAsync(
            "sh",
            "-c",
            "for i in 1 2 3 4 5; do python3 -c \"import time; b=bytearray(100<<20); time.sleep(60)\" & done; wait; echo survived"
        );

        Assert.True(
            (string?)one["stopped"] == "memory_limit" || ((string)one["stderr"]!).Contains("MemoryError", StringComparison.Ordinal),
            one.ToJsonString()
        );
        Assert.Equal("memory_limit", (string?)many["stopped"]);
    }

    [Fact]
    public async Task Files_temporary_files_and_processor_time_have_limits()
    {
        using var bench = await NewBenchAsync();

        var (_, output) = await bench.ShellAsync(
            "head -c 20000000 /dev/zero > big; stat -c %s big; for i in 1 2 3; do head -c 7000000 /dev/zero > /tmp/$i; done; "
                + "for i in 1 2 3; do head -c 7000000 /dev/zero > /dev/shm/$i; done; du -sm /tmp /dev/shm"
        );
        var spin = await bench.UseAsync(
            "process.run",
            new { command = new[] { "python3", "-c", "while True: pass" }, timeoutSeconds = 300 }
        );

        Assert.Contains("8388608\n", output, StringComparison.Ordinal);
        Assert.Contains("No space left on device", output, StringComparison.Ordinal);
        Assert.Null(spin["stopped"]);
        Assert.NotEqual(0, (int)spin["exitCode"]!);
        Assert.InRange((long)spin["durationMs"]!, 1000, 300_000);
    }

    [Theory]
    [InlineData(
        "import os,time\nf=[os.memfd_create('x') for i in range(60)]\nfor x in f: os.write(x, bytes(6<<20))\n"
            + "print('written', flush=True)\ntime.sleep(60)"
    )]
    [InlineData(
        "import mmap,time\nm=[mmap.mmap(-1, 6<<20) for i in range(60)]\nfor x in m: x.write(bytes(6<<20))\n"
            + "print('written', flush=True)\ntime.sleep(60)"
    )]
    public async Task Memory_without_an_owner_is_counted(string script)
    {
        using var bench = await NewBenchAsync();

        var result = await bench.RunAsync("python3", "-c", script);

        Assert.Equal("memory_limit", (string?)result["stopped"]);
    }

    [Fact]
    public async Task Files_are_counted_as_bytes_are()
    {
        using var bench = await NewBenchAsync();

        var temporary = await bench.RunAsync("sh", "-c", "cd /tmp; seq 5000 | xargs touch; sleep 60");
        var many = await bench.RunAsync("sh", "-c", "mkdir many; cd many; seq 5000 | xargs touch; sleep 60");

        Assert.Equal(("disk_limit", "disk_limit"), ((string?)temporary["stopped"], (string?)many["stopped"]));
        var (code, message) = await bench.FailAsync("files.write", new { path = "x", content = "x" });
        Assert.Equal("workspace_full", code);
        Assert.Contains("Workspaces:MaxWorkspaceFiles", message, StringComparison.Ordinal);
        Assert.Equal(0, (await bench.ShellAsync("rm -rf many")).ExitCode);
        await bench.WriteAsync("x", "x");
    }
}
