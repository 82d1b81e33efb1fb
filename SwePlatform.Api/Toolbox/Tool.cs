using System.Text.Json;
using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Snapshots;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox;

/// <summary>What a tool does to the world, for those who decide whether to call it.</summary>
/// <param name="ReadOnly">Changes nothing.</param>
/// <param name="Idempotent">Called again with the same arguments, changes nothing more.</param>
/// <param name="Cacheable">The same tree and arguments always give the same result.</param>
/// <param name="Sandboxed">Runs programs, and runs them sandboxed.</param>
public sealed record ToolAnnotations(bool ReadOnly, bool Idempotent, bool Cacheable, bool Sandboxed)
{
    internal static readonly ToolAnnotations Reader = new(ReadOnly: true, Idempotent: true, Cacheable: true, Sandboxed: false);
    internal static readonly ToolAnnotations Writer = new(ReadOnly: false, Idempotent: false, Cacheable: false, Sandboxed: false);
    internal static readonly ToolAnnotations Runner = Writer with { Sandboxed = true };
}

/// <summary>Who calls a tool.</summary>
internal sealed record ToolActor(Guid UserId, string Name, string Email);

/// <summary>What a tool works on.</summary>
internal sealed class ToolContext(Clone? clone, CommitId? commit, Workspace? workspace, ILiveOutput output) : IDisposable
{
    private SnapshotLease? _lease;

    /// <summary>The project's clone.</summary>
    public Clone Clone => clone ?? throw new InvalidOperationException("This tool runs on no project.");

    public CommitId Commit => commit ?? throw new InvalidOperationException("This tool runs on no project.");

    /// <summary>Where the tool may write; null unless the call names one. Never null for a tool that is not read-only.</summary>
    public Workspace? Workspace { get; } = workspace;

    public ILiveOutput Output { get; } = output;

    /// <summary>Finds who calls; null if nobody does.</summary>
    public Func<CancellationToken, Task<ToolActor>>? FindActorAsync { get; init; }

    /// <summary>The files of the commit.</summary>
    public async Task<Snapshot> OpenSnapshotAsync(CancellationToken cancellationToken) =>
        (_lease ??= await Clone.OpenAsync(Commit.Tree, cancellationToken)).Snapshot;

    public void Dispose() => _lease?.Dispose();
}

/// <summary>
/// The tool did what it could, and this is why there is no result. Shown to the caller as the execution's error.
/// </summary>
internal sealed class ToolException(string code, string message) : Exception(message)
{
    public const string NotFound = "not_found";
    public const string Unsupported = "unsupported";

    /// <summary>What was asked for is never done, such as following a link out of the repository.</summary>
    public const string Refused = "refused";

    /// <summary>The workspace takes all the disk that it may.</summary>
    public const string Full = "workspace_full";

    public string Code { get; } = code;
}

/// <summary>Collects what is wrong with arguments beyond what their schema says.</summary>
internal sealed class ArgumentProblems
{
    public Dictionary<string, string[]> ByField { get; } = [];

    public void Add(string field, string? problem)
    {
        if (problem is not null)
        {
            ByField[field] = [problem];
        }
    }
}

/// <summary>A tool, as the registry and the runner see it.</summary>
internal interface ITool
{
    string Name { get; }
    string Title { get; }
    string Description { get; }

    /// <summary>The same for agents, who pay for every word: what it does, and what its arguments' names do not say.</summary>
    string Brief => Description;

    ToolAnnotations Annotations { get; }

    /// <summary>After this time the tool is stopped.</summary>
    TimeSpan TimeLimit { get; }

    /// <summary>The record that holds the arguments.</summary>
    Type ArgumentsType { get; }

    /// <summary>The JSON Schema (2020-12) of the arguments.</summary>
    JsonElement InputSchema { get; }

    /// <summary>The JSON Schema (2020-12) of the result.</summary>
    JsonElement OutputSchema { get; }

    /// <summary>Whether a call has to name a project.</summary>
    bool NeedsProject { get; }

    /// <summary>Whether its result depends on the ref or the workspace of the call, beyond which repository that is in.</summary>
    bool ReadsRef => true;

    /// <summary>Whether <see cref="ReadArguments"/> checks the schema itself, and more leniently than others would.</summary>
    bool ChecksSchema => false;

    /// <summary>Changes whenever the same tree and arguments may give another result than before.</summary>
    int Version { get; }

    /// <summary>Reads arguments that satisfy the schema, and checks the rest.</summary>
    object ReadArguments(JsonElement arguments, ArgumentProblems problems);

    /// <summary>
    /// What the result depends on beside the arguments: a tree for most tools, a commit for those that read history.
    /// Null if it depends on more than can be named; then it is not cached.
    /// </summary>
    Task<string?> CacheScopeAsync(object arguments, ToolContext context, CancellationToken cancellationToken);

    /// <exception cref="ToolException">There is no result.</exception>
    Task<object> RunAsync(object arguments, ToolContext context, CancellationToken cancellationToken);

    /// <summary>A result, as it is stored, for somebody to read.</summary>
    Listing Show(JsonElement result) => JsonListing.Of(result);
}

/// <summary>
/// Base of every built-in tool. The schema of its input is generated from <typeparamref name="TArguments"/>.
/// </summary>
internal abstract class Tool<TArguments, TResult> : ITool
    where TArguments : class
    where TResult : class
{
    public abstract string Name { get; }
    public abstract string Title { get; }
    public abstract string Description { get; }
    public virtual string Brief => Description;
    public virtual ToolAnnotations Annotations => ToolAnnotations.Reader;
    public virtual TimeSpan TimeLimit => TimeSpan.FromSeconds(30);
    public virtual int Version => 1;
    public virtual bool ReadsRef => true;
    public Type ArgumentsType => typeof(TArguments);
    public JsonElement InputSchema { get; } = ToolJson.Schema(typeof(TArguments));
    public JsonElement OutputSchema { get; } = ToolJson.ResultSchema(typeof(TResult));
    public bool NeedsProject => true;

    public object ReadArguments(JsonElement arguments, ArgumentProblems problems)
    {
        var typed = arguments.Deserialize<TArguments>(ToolJson.Options)!;
        Check(typed, problems);
        return typed;
    }

    public Task<string?> CacheScopeAsync(object arguments, ToolContext context, CancellationToken cancellationToken) =>
        Annotations.Cacheable ? CacheScopeAsync((TArguments)arguments, context, cancellationToken) : Task.FromResult<string?>(null);

    protected virtual Task<string?> CacheScopeAsync(TArguments arguments, ToolContext context, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(context.Commit.Tree);

    public async Task<object> RunAsync(object arguments, ToolContext context, CancellationToken cancellationToken) =>
        await RunAsync((TArguments)arguments, context, cancellationToken);

    public Listing Show(JsonElement result)
    {
        try
        {
            return Show(result.Deserialize<TResult>(ToolJson.Results)!);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or NullReferenceException)
        {
            // A result that an earlier version of the tool left, with other members.
            return JsonListing.Of(result);
        }
    }

    /// <summary>Checks what the schema cannot say.</summary>
    protected virtual void Check(TArguments arguments, ArgumentProblems problems) { }

    protected virtual Listing Show(TResult result) => JsonListing.Of(result);

    protected abstract Task<TResult> RunAsync(TArguments arguments, ToolContext context, CancellationToken cancellationToken);
}
