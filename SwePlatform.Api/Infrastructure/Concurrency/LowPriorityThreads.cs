using System.Runtime.InteropServices;

namespace SwePlatform.Api.Infrastructure.Concurrency;

/// <summary>
/// Threads for work that takes long. The kernel gives them what requests and short work leave: on the threads of the pool, a
/// few long searches would keep everybody waiting. Who comes with the least work done goes first.
/// </summary>
internal sealed partial class LowPriorityThreads : TaskScheduler
{
    // Against one thread of usual priority, a ninth of the time.
    private const int Niceness = 10;

    // Only what nobody else wants, and at once given back: a thread that wakes up need not wait for the end of a slice.
    private const int IdlePolicy = 5;

    private readonly PriorityQueue<Action, (TimeSpan Done, long Number)> _work = new();
    private long _number;

    public LowPriorityThreads(string name)
    {
        for (var number = 0; number < MaximumConcurrencyLevel; number++)
        {
            var isFirst = number == 0;
            new Thread(() => Run(isFirst)) { IsBackground = true, Name = name }.Start();
        }
    }

    /// <summary>Those for tools.</summary>
    public static LowPriorityThreads Instance { get; } = new("long work");

    public override int MaximumConcurrencyLevel => Math.Max(2, Environment.ProcessorCount);

    /// <summary>Runs it on one of these threads, once one is free.</summary>
    /// <param name="done">How much of the same has been done before, so that what is nearly new comes first.</param>
    public async Task<T> StartAsync<T>(Func<T> work, TimeSpan done, CancellationToken cancellationToken)
    {
        var task = new Task<T>(work, cancellationToken, TaskCreationOptions.DenyChildAttach);
        Add(() => task.RunSynchronously(this), done);
        return await task;
    }

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    // What is not divided has to be thought of as long.
    protected override void QueueTask(Task task) => Add(() => TryExecuteTask(task), TimeSpan.FromSeconds(1));

    // Only these threads: another one that waits may be of usual priority.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && t_isMine && TryExecuteTask(task);

    [ThreadStatic]
    private static bool t_isMine;

    private void Add(Action work, TimeSpan done)
    {
        lock (_work)
        {
            _work.Enqueue(work, (done, _number++));
            Monitor.Pulse(_work);
        }
    }

    // On a machine that is never idle, the first one gets the work done.
    private void Run(bool isFirst)
    {
        t_isMine = true;
        if (OperatingSystem.IsLinux())
        {
            // 0 is this thread: on Linux each has a priority of its own.
            var priority = 0;
            if (isFirst || sched_setscheduler(0, IdlePolicy, ref priority) != 0)
            {
                _ = setpriority(0, 0, Niceness);
            }
        }
        while (true)
        {
            Action? work;
            lock (_work)
            {
                while (!_work.TryDequeue(out work, out _))
                {
                    Monitor.Wait(_work);
                }
            }
            try
            {
                work();
            }
            catch (InvalidOperationException)
            {
                // It was cancelled while it waited.
            }
        }
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setpriority(int which, uint who, int priority);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int sched_setscheduler(int process, int policy, ref int priority);
}
