using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Sandbox;

/// <summary>What a program in a workspace tries, and must not reach.</summary>
public sealed class SandboxEscapeTests(Platform platform)
{
    private Task<Workbench> NewBenchAsync() => Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a\n").Commit());

    [Fact]
    public async Task A_program_runs_in_the_workspace_and_writes_there()
    {
        using var bench = await NewBenchAsync();

        var result = await bench.UseAsync(
            "process.run",
            new { command = new[] { "sh", "-c", "cat a.txt - > b.txt; echo out; echo err >&2; exit 3" }, stdin = "from stdin\n" }
        );

        Assert.Equal(
            (3, "out\n", "err\n", false),
            ((int)result["exitCode"]!, (string)result["stdout"]!, (string)result["stderr"]!, (bool)result["truncated"]!)
        );
        Assert.Equal("a\nfrom stdin\n", await bench.ReadAsync("b.txt"));
    }

    [Fact]
    public async Task There_is_no_network()
    {
        using var bench = await NewBenchAsync();
        var port = platform.Address.Port;

        var result = await bench.RunAsync(
            "python3",
            "-c",
            $"import socket\nfor a in [('127.0.0.1',{port}),('1.1.1.1',53),('169.254.169.254',80)]:\n  try:\n"
                + "    socket.create_connection(a,2); print('open')\n  except OSError as e: print('closed')"
        );

        Assert.Equal("closed\nclosed\nclosed\n", (string)result["stdout"]!);
    }

    [Fact]
    public async Task The_hosts_secrets_are_not_there()
    {
        using var bench = await NewBenchAsync();
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

        var (_, output) = await bench.ShellAsync(
            $"cat /etc/shadow /etc/gshadow /etc/ssh/* {home}/.bashrc {home}/.ssh/* /proc/1/environ 2>&1 | tr '\\0' '\\n' "
                + "| grep -v -e 'No such file' -e 'environ: Permission denied' "
                + "| grep -v -E '^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|LANG|TERM|CI|NO_COLOR|GIT_|DOTNET_|MSBUILD|"
                + "UseShared|NUGET_|PIP_|PYTHON|RUSTUP_|PWD|JAVA_)'"
        );

        Assert.Equal("", output.Trim());
    }

    [Fact]
    public async Task Nothing_outside_can_be_written()
    {
        using var bench = await NewBenchAsync();
        var marker = $"/var/tmp/swe-{Guid.CreateVersion7():N}";

        var (_, output) = await bench.ShellAsync(
            "for f in /usr/x /etc/x /x /bin/x /dev/x /etc/passwd .git; do echo owned > $f && echo WROTE $f; done; "
                + "for f in /proc/sys/kernel/hostname /proc/sys/kernel/core_pattern /proc/sys/vm/drop_caches /proc/sysrq-trigger; do "
                + $"true >> $f && echo WROTE $f; done; touch {marker} /tmp/mine; echo done"
        );

        Assert.DoesNotContain("WROTE", output, StringComparison.Ordinal);
        Assert.Contains("done\n", output, StringComparison.Ordinal);
        Assert.False(File.Exists(marker));
    }

    [Fact]
    public async Task The_data_folder_and_other_workspaces_are_invisible()
    {
        using var bench = await NewBenchAsync();
        using var other = await NewBenchAsync();
        await other.WriteAsync("secret.txt", "the-other-ones-secret");
        var neighbour = await bench.AddAsync("neighbour");
        await neighbour.WriteAsync("secret.txt", "the-neighbours-secret");

        var (_, output) = await bench.ShellAsync(
            "find / -xdev -name secret.txt 2>/dev/null; find / -name admin-password -o -name 'postmaster.pid' 2>/dev/null; "
                + "grep -rl -e the-other-ones -e the-neighbours / --include=secret.txt 2>/dev/null; ls /home /root /tmp 2>&1"
        );

        Assert.DoesNotContain("secret.txt", output, StringComparison.Ordinal);
        Assert.DoesNotContain("admin-password", output, StringComparison.Ordinal);
        Assert.DoesNotContain("postmaster.pid", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_processes_are_invisible_and_privileges_are_gone()
    {
        using var bench = await NewBenchAsync();

        var (_, output) = await bench.ShellAsync(
            "ls /proc | grep -c '^[0-9]'; id -u; grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status; "
                + "unshare -U true 2>&1 && echo NESTED; mount -t tmpfs none /tmp 2>&1 && echo MOUNTED; kill -9 -1; true"
        );

        var lines = output.Split('\n');
        Assert.True(int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture) < 10, output);
        Assert.Equal("1000", lines[1]);
        Assert.Contains("CapEff:\t0000000000000000", output, StringComparison.Ordinal);
        Assert.Contains("CapBnd:\t0000000000000000", output, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", output, StringComparison.Ordinal);
        Assert.DoesNotContain("NESTED", output, StringComparison.Ordinal);
        Assert.DoesNotContain("MOUNTED", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_lead_nowhere()
    {
        using var bench = await NewBenchAsync();
        var (_, output) = await bench.ShellAsync(
            "ln -s /etc/shadow link; ln -s / root; ln /etc/passwd hard; ln /usr/bin/env hard2; ln .git hard3; "
                + "cat root/etc/shadow; rm -f .git; mv .git x; ls -A"
        );

        Assert.Contains("Invalid cross-device link", output, StringComparison.Ordinal);
        Assert.Contains(".git\n", output, StringComparison.Ordinal);
        Assert.Equal("refused", (await bench.FailAsync("files.write", new { path = "link", content = "x" })).Code);
        Assert.Equal("refused", (await bench.FailAsync("files.write", new { path = "root/tmp/x", content = "x" })).Code);
        Assert.Equal("unsupported", (await bench.FailAsync("files.read", new { path = "link" })).Code);
        var patch = "--- /dev/null\n+++ b/root/tmp/swe-owned\n@@ -0,0 +1 @@\n+x\n";
        Assert.Equal("patch_failed", (await bench.FailAsync("files.patch", new { patch })).Code);
        Assert.False(File.Exists("/tmp/swe-owned"));
    }

    [Fact]
    public async Task A_daemon_does_not_survive_the_command_that_started_it()
    {
        using var bench = await NewBenchAsync();

        var result = await bench.RunAsync(
            "sh",
            "-c",
            "setsid sh -c 'trap \"\" HUP TERM; while :; do date +%s%N >> beat; sleep 0.05; done' >/dev/null 2>&1 < /dev/null & "
                + "until [ -s beat ]; do sleep 0.05; done"
        );

        Assert.Equal(0, (int)result["exitCode"]!);
        var beat = await bench.ReadAsync("beat");
        Assert.NotEqual("", beat);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal(beat, await bench.ReadAsync("beat"));
    }

    [Fact]
    public async Task Endless_output_is_cut_and_the_rest_runs_on()
    {
        using var bench = await NewBenchAsync();

        var result = await bench.RunAsync(
            "sh",
            "-c",
            "head -c 30000000 /dev/zero | tr '\\0' x; head -c 2000000 /dev/zero | tr '\\0' y >&2; exit 4"
        );

        Assert.Equal((4, true), ((int)result["exitCode"]!, (bool)result["truncated"]!));
        Assert.Equal((1 << 20, 1 << 20), (((string)result["stdout"]!).Length, ((string)result["stderr"]!).Length));
    }

    [Fact]
    public async Task After_its_time_a_program_ends_with_all_that_it_started()
    {
        using var bench = await NewBenchAsync();

        var result = await bench.UseAsync(
            "process.run",
            new
            {
                command = new[]
                {
                    "sh",
                    "-c",
                    "trap '' TERM INT; (while :; do date +%s%N >> beat; sleep 0.05; done) & echo started; sleep 600",
                },
                timeoutSeconds = 8,
            }
        );

        Assert.Equal(("time_limit", "started\n"), ((string)result["stopped"]!, (string)result["stdout"]!));
        Assert.InRange((long)result["durationMs"]!, 7900, 120_000);
        var beat = await bench.ReadAsync("beat");
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(beat, await bench.ReadAsync("beat"));
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_named()
    {
        using var bench = await NewBenchAsync();

        var result = await bench.RunAsync("no-such-program");

        Assert.Equal(127, (int)result["exitCode"]!);
        Assert.Contains("no-such-program", (string)result["stderr"]!, StringComparison.Ordinal);
    }
}
