using System.Runtime.InteropServices;

namespace SwePlatform.Api.Sandbox;

/// <summary>The numbers of system calls on one architecture, as far as <see cref="SeccompFilter"/> names them.</summary>
/// <param name="OtherNumbersFrom">From here on they are those of another set of numbers for the same kernel; null if there is none.</param>
/// <param name="Missing">Answered as an older kernel would, so that programs do without.</param>
/// <param name="Refused">Answered as to someone who has no right to them.</param>
internal sealed record SystemCalls(
    uint Architecture,
    uint? OtherNumbersFrom,
    uint Socket,
    uint SocketPair,
    uint CloneCall,
    uint Unshare,
    uint Ioctl,
    IReadOnlyList<uint> Missing,
    IReadOnlyList<uint> Refused
)
{
    private const uint Clone3 = 435,
        IoUringSetup = 425,
        IoUringEnter = 426,
        IoUringRegister = 427,
        MemfdSecret = 447;

    private static readonly uint[] New =
    [
        428 /* open_tree */
        ,
        429 /* move_mount */
        ,
        430 /* fsopen */
        ,
        431 /* fsconfig */
        ,
        432 /* fsmount */
        ,
        433 /* fspick */
        ,
        442 /* mount_setattr */
        ,
        443 /* quotactl_fd */
        ,
    ];

    // clone3 has its flags in memory, where no filter sees them; the C library then uses clone.
    private static readonly uint[] Absent = [Clone3, IoUringSetup, IoUringEnter, IoUringRegister, MemfdSecret];

    private static readonly SystemCalls X64 = new(
        0xC000_003E,
        0x4000_0000,
        41,
        53,
        56,
        272,
        16,
        Absent,
        [
            .. New,
            321 /* bpf */
            ,
            298 /* perf_event_open */
            ,
            323 /* userfaultfd */
            ,
            248 /* add_key */
            ,
            249 /* request_key */
            ,
            250 /* keyctl */
            ,
            246 /* kexec_load */
            ,
            320 /* kexec_file_load */
            ,
            175 /* init_module */
            ,
            313 /* finit_module */
            ,
            176 /* delete_module */
            ,
            165 /* mount */
            ,
            166 /* umount2 */
            ,
            155 /* pivot_root */
            ,
            308 /* setns */
            ,
            167 /* swapon */
            ,
            168 /* swapoff */
            ,
            169 /* reboot */
            ,
            163 /* acct */
            ,
            179 /* quotactl */
            ,
            103 /* syslog */
            ,
            212 /* lookup_dcookie */
            ,
            303 /* name_to_handle_at */
            ,
            304 /* open_by_handle_at */
            ,
            172 /* iopl */
            ,
            173 /* ioperm */
            ,
            164 /* settimeofday */
            ,
            227 /* clock_settime */
            ,
            305 /* clock_adjtime */
            ,
            300 /* fanotify_init */
            ,
            312 /* kcmp */
            ,
            180 /* nfsservctl */
            ,
            153 /* vhangup */
            ,
            134 /* uselib */
            ,
            256 /* migrate_pages */
            ,
            279 /* move_pages */
            ,
            154 /* modify_ldt */
            ,
        ]
    );

    private static readonly SystemCalls Arm64 = new(
        0xC000_00B7,
        null,
        198,
        199,
        220,
        97,
        29,
        Absent,
        [
            .. New,
            280 /* bpf */
            ,
            241 /* perf_event_open */
            ,
            282 /* userfaultfd */
            ,
            217 /* add_key */
            ,
            218 /* request_key */
            ,
            219 /* keyctl */
            ,
            104 /* kexec_load */
            ,
            294 /* kexec_file_load */
            ,
            105 /* init_module */
            ,
            273 /* finit_module */
            ,
            106 /* delete_module */
            ,
            40 /* mount */
            ,
            39 /* umount2 */
            ,
            41 /* pivot_root */
            ,
            268 /* setns */
            ,
            224 /* swapon */
            ,
            225 /* swapoff */
            ,
            142 /* reboot */
            ,
            89 /* acct */
            ,
            60 /* quotactl */
            ,
            116 /* syslog */
            ,
            18 /* lookup_dcookie */
            ,
            264 /* name_to_handle_at */
            ,
            265 /* open_by_handle_at */
            ,
            170 /* settimeofday */
            ,
            112 /* clock_settime */
            ,
            266 /* clock_adjtime */
            ,
            262 /* fanotify_init */
            ,
            272 /* kcmp */
            ,
            42 /* nfsservctl */
            ,
            58 /* vhangup */
            ,
            238 /* migrate_pages */
            ,
            239 /* move_pages */
            ,
        ]
    );

    public static SystemCalls? For(Architecture processor) =>
        processor switch
        {
            System.Runtime.InteropServices.Architecture.X64 => X64,
            System.Runtime.InteropServices.Architecture.Arm64 => Arm64,
            _ => null,
        };
}
