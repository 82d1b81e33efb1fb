using Spectre.Console;

namespace SwePlatform.Tool.Progress;

/// <summary>How long work shows that it goes on: a bar at a terminal, a line now and then where output is redirected.</summary>
internal abstract class WorkProgress
{
    /// <param name="fraction">How much is done, from 0 to 1; null if nobody knows.</param>
    public abstract void Report(string step, double? fraction = null);

    /// <summary>Prints a line of the result, which stays.</summary>
    public abstract Task PrintAsync(string line);

    /// <summary>Does the work with a bar if <paramref name="output"/> ends at a terminal.</summary>
    /// <param name="quiet">Whether only results are printed where output is redirected, because they come often enough.</param>
    public static async Task<T> RunAsync<T>(TextWriter output, Func<WorkProgress, Task<T>> work, bool quiet = false)
    {
        if (!TerminalDetection.IsAt(output))
        {
            return await work(new PlainProgress(output, TimeProvider.System, quiet));
        }
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(output),
                // The library only knows a terminal by its own writers.
                Ansi = AnsiSupport.Yes,
                Interactive = InteractionSupport.Yes,
                ColorSystem = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
                    ? ColorSystemSupport.NoColors
                    : ColorSystemSupport.Standard,
            }
        );
        ProgressColumn[] columns =
        [
            new SpinnerColumn(),
            new ProgressBarColumn { Width = 24 },
            new PercentageColumn(),
            new TaskDescriptionColumn { Alignment = Justify.Left },
        ];
        return await console
            .Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(columns)
            .StartAsync(context => work(new BarProgress(console, context.AddTask("Starting", maxValue: 1))));
    }

    private sealed class BarProgress(IAnsiConsole console, ProgressTask task) : WorkProgress
    {
        public override void Report(string step, double? fraction = null)
        {
            // An empty one is an error to the library.
            task.Description = step.Length > 0 ? Markup.Escape(step) : "…";
            task.IsIndeterminate = fraction is null;
            // A task that is full counts as finished, and would be taken away.
            task.Value = Math.Clamp(fraction ?? 0, 0, 0.999);
        }

        public override Task PrintAsync(string line)
        {
            console.WriteLine(line);
            return Task.CompletedTask;
        }
    }
}

/// <summary>Lines: each new step at once, and news of the same step every ten seconds.</summary>
internal sealed class PlainProgress(TextWriter output, TimeProvider time, bool quiet = false) : WorkProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _last;
    private double? _fraction;

    public override void Report(string step, double? fraction = null)
    {
        if (quiet)
        {
            return;
        }
        lock (_gate)
        {
            var isNews = _fraction is null || fraction is null || fraction < _fraction;
            _fraction = fraction;
            if (_last is { } last && !isNews && time.GetElapsedTime(last) < Interval)
            {
                return;
            }
            _last = time.GetTimestamp();
            output.WriteLine(step);
        }
    }

    public override Task PrintAsync(string line)
    {
        lock (_gate)
        {
            output.WriteLine(line);
        }
        return Task.CompletedTask;
    }
}
