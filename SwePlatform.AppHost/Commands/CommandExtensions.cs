using Microsoft.Extensions.DependencyInjection;

namespace SwePlatform.AppHost.Commands;

/// <summary>What developers and testers do daily, as commands in the dashboard. Most of it is <c>swe</c>'s work.</summary>
internal static class CommandExtensions
{
    private const int ShownLines = 400;

    public static IResourceBuilder<ProjectResource> WithApiCommands(this IResourceBuilder<ProjectResource> api, PlatformData data)
    {
        if (!data.IsHere)
        {
            return api;
        }
        return api.WithSwe(
                "sign-in-link",
                "Sign-in link",
                data,
                ["sign-in-link"],
                new() { Description = "Makes a link that signs the administrator in, once.", IconName = "Key" }
            )
            .WithSwe(
                "check",
                "Run the checklist",
                data,
                ["check"],
                new()
                {
                    Description = "Runs the performance checklist and the diagnosis, each a live probe with evidence.",
                    IconName = "TaskListSquareLtr",
                    // What it finds is a result, good or bad.
                    SuccessExitCodes = [0, 1],
                }
            )
            .WithSwe(
                "seed",
                "Seed demo data",
                data,
                ["seed"],
                new()
                {
                    Description = "Adds a demo user, a workspace and executions of many tools on the platform's own code.",
                    ConfirmationMessage = "This adds a demo user, a workspace and executions. Continue?",
                    IconName = "LeafOne",
                }
            )
            .WithCommand(
                "smoke-test",
                "Start the smoke test",
                StartSmokeTestAsync,
                new()
                {
                    Description = "Starts k6-smoke: one user for a minute. Its output is in that resource's console logs.",
                    ConfirmationMessage = "This puts a light load on the API for a minute. Continue?",
                    IconName = "TopSpeed",
                }
            )
            .WithCommand(
                "reset",
                "Reset",
                context => Reset.RunAsync(context, data),
                new()
                {
                    Description = "Deletes every user, project, execution and clone, and starts afresh.",
                    ConfirmationMessage =
                        "This deletes every user, project, execution, audit entry and clone. Only a backup can undo this. Continue?",
                    IconName = "Delete",
                }
            );
    }

    public static IResourceBuilder<IResourceWithConnectionString> WithBackupCommands(
        this IResourceBuilder<IResourceWithConnectionString> database,
        PlatformData data
    )
    {
        if (!data.IsHere)
        {
            return database;
        }
        var folder = data.Folder.Backups;
        return database
            .WithSwe(
                "backup",
                "Back up",
                data,
                ["database", "backup", "--output", folder],
                new() { Description = $"Backs the database up, with counts and checksums of all tables, into {folder}.", IconName = "Save" }
            )
            .WithSwe(
                "verify-restore",
                "Verify a restore",
                data,
                () => ["database", "restore", Newest(folder), "--drill"],
                new()
                {
                    Description = "Restores the newest backup into a database of its own, compares all tables, and drops it.",
                    ConfirmationMessage =
                        "This restores the newest backup into a database of its own, and drops that afterwards. Continue?",
                    IconName = "ShieldCheckmark",
                }
            );
    }

    private static IResourceBuilder<T> WithSwe<T>(
        this IResourceBuilder<T> resource,
        string name,
        string title,
        PlatformData data,
        string[] arguments,
        ProcessCommandOptions options
    )
        where T : IResource => resource.WithSwe(name, title, data, () => arguments, options);

    private static IResourceBuilder<T> WithSwe<T>(
        this IResourceBuilder<T> resource,
        string name,
        string title,
        PlatformData data,
        Func<string[]> arguments,
        ProcessCommandOptions options
    )
        where T : IResource
    {
        options.DisplayImmediately = true;
        options.MaxOutputLineCount = ShownLines;
        var program = BuiltProgram.Of("SwePlatform.Tool", resource.ApplicationBuilder.AppHostDirectory);
        return resource.WithProcessCommand(
            name,
            title,
            _ => new ProcessCommandSpec(program)
            {
                Arguments = [.. arguments(), "--data", data.Folder.Root],
                EnvironmentVariables = { ["NO_COLOR"] = "1" },
            },
            options
        );
    }

    private static async Task<ExecuteCommandResult> StartSmokeTestAsync(ExecuteCommandContext context)
    {
        var commands = context.Services.GetRequiredService<ResourceCommandService>();
        var started = await commands.ExecuteCommandAsync("k6-smoke", KnownResourceCommands.StartCommand, context.CancellationToken);
        return started.Success ? CommandResults.Success("The smoke test runs: see the console logs of k6-smoke.") : started;
    }

    private static string Newest(string folder) =>
        (
            Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*.swebackup").MaxBy(file => file.LastWriteTimeUtc) : null
        )?.FullName
        ?? throw new InvalidOperationException("There is no backup yet. Make one with \"Back up\".");
}
