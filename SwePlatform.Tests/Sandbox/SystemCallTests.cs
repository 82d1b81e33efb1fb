using System.Runtime.InteropServices;
using SwePlatform.Api.Sandbox;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;
using Processor = System.Runtime.InteropServices.Architecture;

namespace SwePlatform.Tests.Sandbox;

/// <summary>System calls that lead where no build has to go, made for real.</summary>
public sealed class SystemCallTests(Platform platform)
{
    private Task<Workbench> NewBenchAsync() => Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a\n").Commit());

    [Theory]
    [InlineData("io_uring_setup", 425, 425, "8, buffer", 38)]
    [InlineData("io_uring_enter", 426, 426, "0, 0, 0, 0, 0, 0", 38)]
    [InlineData("io_uring_register", 427, 427, "0, 0, 0, 0", 38)]
    [InlineData("keyctl", 250, 219, "0, -3, 0", 1)]
    [InlineData("add_key", 248, 217, "b'user', b'x', b'y', 1, -3", 1)]
    [InlineData("request_key", 249, 218, "b'user', b'x', 0, -3", 1)]
    [InlineData("bpf", 321, 280, "0, buffer, 64", 1)]
    [InlineData("perf_event_open", 298, 241, "buffer, 0, -1, -1, 0", 1)]
    [InlineData("userfaultfd", 323, 282, "1", 1)]
    [InlineData("memfd_secret", 447, 447, "0", 38)]
    [InlineData("open_by_handle_at", 304, 265, "-100, buffer, 0", 1)]
    [InlineData("name_to_handle_at", 303, 264, "-100, b'.', buffer, buffer, 0", 1)]
    [InlineData("fsopen", 430, 430, "b'tmpfs', 0", 1)]
    [InlineData("move_mount", 429, 429, "-1, b'', -1, b'', 0", 1)]
    [InlineData("setns", 308, 268, "0, 0", 1)]
    [InlineData("unshare(user)", 272, 97, "0x10000000", 1)]
    [InlineData("unshare(net)", 272, 97, "0x40000000", 1)]
    [InlineData("clone3", 435, 435, "buffer, 88", 38)]
    [InlineData("clone(user)", 56, 220, "0x10000011, 0, 0, 0, 0", 1)]
    [InlineData("kcmp", 312, 272, "1, 1, 0, 0, 0", 1)]
    [InlineData("socket(vsock)", 41, 198, "40, 1, 0", 97)]
    [InlineData("socket(packet)", 41, 198, "17, 3, 0", 97)]
    [InlineData("socket(alg)", 41, 198, "38, 5, 0", 97)]
    [InlineData("socketpair(tipc)", 53, 199, "30, 1, 0, buffer", 97)]
    [InlineData("ioctl(TIOCSTI)", 16, 29, "0, 0x5412, buffer", 1)]
    public async Task Calls_that_no_build_needs_are_refused(string name, int x64, int arm64, string arguments, int error)
    {
        using var bench = await NewBenchAsync();
        var number = RuntimeInformation.ProcessArchitecture == Processor.Arm64 ? arm64 : x64;

        var (exit, output) = await PythonAsync(bench, $"print(libc.syscall({number}, {arguments}), ctypes.get_errno())");

        Assert.True((exit, output) == (0, $"-1 {error}\n"), $"{name}: {exit} {output}");
    }

    [Fact]
    public async Task The_numbers_of_other_architectures_lead_nowhere()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Processor.X64, "x86 has two further sets of numbers.");
        using var bench = await NewBenchAsync();

        // getpid, by the numbers of x32.
        var (_, output) = await PythonAsync(bench, "print(libc.syscall(0x40000000 + 39), ctypes.get_errno())");

        Assert.Equal("-1 38\n", output);
    }

    [Fact]
    public async Task What_programs_do_need_works()
    {
        using var bench = await NewBenchAsync();

        var (exit, output) = await PythonAsync(
            bench,
            """
            import socket, threading, subprocess, multiprocessing, os, mmap
            a, b = socket.socketpair(); a.send(b'x'); assert b.recv(1) == b'x'
            for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6): socket.socket(family).close()
            t = threading.Thread(target=lambda: None); t.start(); t.join()
            assert subprocess.run(['true']).returncode == 0
            p = multiprocessing.Process(target=os.getpid); p.start(); p.join(); assert p.exitcode == 0
            fd = os.memfd_create('x'); os.write(fd, b'x')
            assert libc.unshare(0x400) == 0
            print('fine')
            """
        );

        Assert.Equal((0, "fine\n"), (exit, output));
    }

    [Theory]
    [InlineData(Processor.X64)]
    [InlineData(Processor.Arm64)]
    public void A_filter_is_whole_and_ends_with_permission(Processor processor)
    {
        var filter = SeccompFilter.Build(processor)!;

        Assert.Equal(0, filter.Length % 8);
        Assert.InRange(filter.Length / 8, 50, 4096);
        Assert.Equal([0x06, 0, 0, 0, 0, 0, 0xFF, 0x7F], filter[^8..]);
    }

    private static async Task<(int ExitCode, string Output)> PythonAsync(Workbench bench, string script)
    {
        var result = await bench.RunAsync(
            "python3",
            "-c",
            $"import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nbuffer = ctypes.create_string_buffer(4096)\n{script}"
        );
        return ((int)result["exitCode"]!, (string)result["stdout"]! + (string)result["stderr"]!);
    }
}
