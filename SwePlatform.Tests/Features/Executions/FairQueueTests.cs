using System.Text.Json;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Toolbox;
using Xunit;

namespace SwePlatform.Tests.Features.Executions;

public sealed class FairQueueTests
{
    private static readonly RegisteredTool Reader = new(new Kind(new(true, true, true, false)));
    private static readonly RegisteredTool Program = new(new Kind(new(false, false, false, true)));

    private readonly CurrentUser _ada = new(Guid.CreateVersion7(), "ada@example.com", UserRole.Member, null);
    private readonly CurrentUser _grace = new(Guid.CreateVersion7(), "grace@example.com", UserRole.Member, null);

    [Fact]
    public void Users_take_turns_however_many_jobs_each_has()
    {
        var queue = Queue(places: 1);
        var running = Enter(queue, Job(_ada));
        var waiting = new[] { Job(_ada), Job(_ada), Job(_ada), Job(_grace) };
        foreach (var job in waiting)
        {
            queue.Enqueue(job);
        }

        var order = new List<Job>();
        while (queue.Waiting > 0)
        {
            queue.Leave(running);
            running = queue.Take()!;
            order.Add(running);
        }

        Assert.Equal([waiting[0], waiting[3], waiting[1], waiting[2]], order);
    }

    [Fact]
    public void A_user_and_a_project_have_limits_of_their_own()
    {
        var queue = Queue(places: 10, perUser: 2, perProject: 3);
        var project = Guid.CreateVersion7();
        Enter(queue, Job(_ada, project));
        Enter(queue, Job(_ada, project));
        Assert.False(queue.TryEnter(Job(_ada, Guid.CreateVersion7())));
        Enter(queue, Job(_grace, project));
        Assert.False(queue.TryEnter(Job(_grace, project)));
        Enter(queue, Job(_grace, Guid.CreateVersion7()));
    }

    [Fact]
    public void A_workspace_has_one_writer_and_lets_others_pass()
    {
        var queue = Queue(places: 10);
        var workspace = new Workspace(Guid.CreateVersion7(), Guid.CreateVersion7(), "w", "swe/w", "/w");
        var first = Enter(queue, Job(_ada, workspace: workspace, tool: Program));
        var second = Job(_ada, workspace: workspace, tool: Program);
        var elsewhere = Job(_ada, tool: Reader);
        Assert.False(queue.TryEnter(second));
        queue.Enqueue(second);
        queue.Enqueue(elsewhere);

        Assert.Same(elsewhere, queue.Take());
        Assert.Null(queue.Take());
        queue.Leave(first);
        Assert.Same(second, queue.Take());
    }

    [Fact]
    public void What_reads_does_not_wait_for_programs()
    {
        var queue = Queue(places: 1);
        Enter(queue, Job(_ada, tool: Program));

        Assert.False(queue.TryEnter(Job(_grace, tool: Program)));
        Enter(queue, Job(_grace, tool: Reader));
    }

    [Fact]
    public void A_cancelled_job_leaves_the_queue_though_there_is_no_place()
    {
        var queue = Queue(places: 1);
        Enter(queue, Job(_ada));
        var waiting = Job(_ada);
        queue.Enqueue(waiting);
        Assert.Null(queue.Take());

        waiting.Cancel("No longer wanted.");

        Assert.Same(waiting, queue.Take());
    }

    private static FairQueue Queue(int places, int perUser = 100, int perProject = 100) =>
        new(
            Options.Create(
                new ExecutionOptions
                {
                    Concurrency = places,
                    ConcurrencyPerUser = perUser,
                    ConcurrencyPerProject = perProject,
                }
            )
        );

    private static Job Enter(FairQueue queue, Job job)
    {
        Assert.True(queue.TryEnter(job));
        return job;
    }

    private static Job Job(CurrentUser user, Guid? project = null, Workspace? workspace = null, RegisteredTool? tool = null) =>
        new(
            Guid.CreateVersion7(),
            user,
            tool ?? Reader,
            new object(),
            project ?? Guid.CreateVersion7(),
            null,
            workspace,
            1,
            new LatencyReceipt(TimeProvider.System)
        )
        {
            Record = new(
                new()
                {
                    UserId = user.Id,
                    ToolName = "test.kind",
                    Arguments = "{}",
                },
                isWritten: true
            ),
        };

    private sealed class Kind(ToolAnnotations annotations) : ITool
    {
        public string Name => "test.kind";
        public string Title => "Kind";
        public string Description => "Of a kind.";
        public ToolAnnotations Annotations => annotations;
        public TimeSpan TimeLimit => TimeSpan.FromSeconds(1);
        public Type ArgumentsType => typeof(object);
        public JsonElement InputSchema => JsonElement.Parse("{}");
        public JsonElement OutputSchema => JsonElement.Parse("{}");
        public bool NeedsProject => true;
        public int Version => 1;

        public object ReadArguments(JsonElement arguments, ArgumentProblems problems) => arguments;

        public Task<string?> CacheScopeAsync(object arguments, ToolContext context, CancellationToken cancellationToken) =>
            Task.FromResult<string?>(null);

        public Task<object> RunAsync(object arguments, ToolContext context, CancellationToken cancellationToken) =>
            Task.FromResult(arguments);
    }
}
