using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SwePlatform.Api.Sandbox;

/// <summary>
/// The system calls that programs are refused, as a filter for the kernel (seccomp-BPF): those that lead into parts of it that
/// a build needs not and that had many holes. All others are allowed: toolchains are too many to list what they use.
/// </summary>
internal static class SeccompFilter
{
    private const uint Allow = 0x7FFF_0000,
        Fail = 0x0005_0000;
    private const uint NotPermitted = 1,
        NoSuchCall = 38,
        NoSuchFamily = 97;
    private const uint NewNamespaces = 0x7E02_0000,
        NewTimeNamespace = 0x80;
    private const uint PushInput = 0x5412,
        LinuxConsole = 0x541C;

    // Unix, IPv4, IPv6 and the kernel's lists of interfaces and routes.
    private static readonly uint[] Families = [1, 2, 10, 16];

    // What is at which place of the facts that a filter sees.
    private const uint Number = 0,
        Architecture = 4,
        First = 16,
        Second = 24;

    /// <summary>Whether this machine has one.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Build(RuntimeInformation.ProcessArchitecture) is not null;

    /// <summary>The arguments by which bubblewrap puts it on what it runs.</summary>
    public static string[] Arguments => IsSupported ? ["--seccomp", FileNumber] : [];

    /// <summary>The number under which bubblewrap finds it open.</summary>
    public const string FileNumber = "9";

    /// <summary>The filter for a processor; null if there is none for it.</summary>
    public static byte[]? Build(Architecture processor) => SystemCalls.For(processor) is { } calls ? Assemble(calls) : null;

    private static byte[] Assemble(SystemCalls calls)
    {
        var filter = new BpfProgram();
        // A call by another architecture's numbers would be another call.
        filter.Load(Architecture);
        filter.ReturnUnless(calls.Architecture, Fail | NoSuchCall);
        filter.Load(Number);
        if (calls.OtherNumbersFrom is { } other)
        {
            filter.ReturnFrom(other, Fail | NoSuchCall);
        }
        foreach (var number in calls.Missing)
        {
            filter.ReturnIf(number, Fail | NoSuchCall);
        }
        foreach (var number in calls.Refused)
        {
            filter.ReturnIf(number, Fail | NotPermitted);
        }
        foreach (var number in (uint[])[calls.Socket, calls.SocketPair])
        {
            filter.When(
                number,
                block =>
                {
                    block.Load(First);
                    foreach (var family in Families)
                    {
                        block.ReturnIf(family, Allow);
                    }
                    block.Return(Fail | NoSuchFamily);
                }
            );
        }
        filter.When(calls.CloneCall, block => block.ReturnByBits(First, NewNamespaces, Fail | NotPermitted, Allow));
        filter.When(calls.Unshare, block => block.ReturnByBits(First, NewNamespaces | NewTimeNamespace, Fail | NotPermitted, Allow));
        filter.When(
            calls.Ioctl,
            block =>
            {
                // Both put text into a terminal as if somebody had typed it.
                block.Load(Second);
                block.ReturnIf(PushInput, Fail | NotPermitted);
                block.ReturnIf(LinuxConsole, Fail | NotPermitted);
                block.Return(Allow);
            }
        );
        filter.Return(Allow);
        return filter.ToBytes();
    }

    /// <summary>A filter as it is written, instruction by instruction.</summary>
    private sealed class BpfProgram
    {
        private const ushort LoadWord = 0x20,
            JumpEqual = 0x15,
            JumpFrom = 0x35,
            JumpBits = 0x45,
            ReturnValue = 0x06;

        private readonly List<(ushort Code, byte Then, byte Else, uint Value)> _instructions = [];

        public void Load(uint offset) => _instructions.Add((LoadWord, 0, 0, offset));

        public void Return(uint value) => _instructions.Add((ReturnValue, 0, 0, value));

        public void ReturnIf(uint value, uint result) => Branch(JumpEqual, value, 0, 1, result);

        public void ReturnUnless(uint value, uint result) => Branch(JumpEqual, value, 1, 0, result);

        public void ReturnFrom(uint least, uint result) => Branch(JumpFrom, least, 0, 1, result);

        public void ReturnByBits(uint offset, uint bits, uint result, uint otherwise)
        {
            Load(offset);
            Branch(JumpBits, bits, 0, 1, result);
            Return(otherwise);
        }

        /// <summary>Does something for one call, which ends in a return on each of its ways.</summary>
        public void When(uint number, Action<BpfProgram> then)
        {
            var block = new BpfProgram();
            then(block);
            _instructions.Add((JumpEqual, 0, checked((byte)block._instructions.Count), number));
            _instructions.AddRange(block._instructions);
        }

        private void Branch(ushort code, uint value, byte then, byte otherwise, uint result)
        {
            _instructions.Add((code, then, otherwise, value));
            Return(result);
        }

        public byte[] ToBytes()
        {
            const int size = 8;
            var bytes = new byte[_instructions.Count * size];
            for (var index = 0; index < _instructions.Count; index++)
            {
                var (code, then, otherwise, value) = _instructions[index];
                var at = bytes.AsSpan(index * size, size);
                BinaryPrimitives.WriteUInt16LittleEndian(at, code);
                (at[2], at[3]) = (then, otherwise);
                BinaryPrimitives.WriteUInt32LittleEndian(at[4..], value);
            }
            return bytes;
        }
    }
}
