namespace SwePlatform.AppHost;

/// <summary>What is said to the person at the terminal, and to scripts that look for the beginnings of these lines.</summary>
internal static class Terminal
{
    private const int Failed = 1;

    private static bool _saidWhy;

    public static void Write(string line) => Console.Out.WriteLine(line);

    /// <summary>A <see cref="StartException"/> that nobody catches ends the program with its message instead of a stack trace.</summary>
    public static void ShowStartErrors() =>
        AppDomain.CurrentDomain.UnhandledException += (_, failure) =>
        {
            if (_saidWhy)
            {
                Environment.Exit(Failed);
            }
            if (failure.ExceptionObject is Exception exception && Find(exception) is { } expected)
            {
                Console.Error.WriteLine(expected.Message);
                Environment.Exit(Failed);
            }
        };

    /// <summary>Says why the system cannot start, and that is the last that is said of it.</summary>
    public static void Fail(string message)
    {
        _saidWhy = true;
        Environment.ExitCode = Failed;
        Console.Error.WriteLine(message);
    }

    private static StartException? Find(Exception? exception) =>
        exception switch
        {
            null => null,
            StartException expected => expected,
            AggregateException { InnerExceptions: var inner } => inner.Select(Find).FirstOrDefault(found => found is not null),
            _ => Find(exception.InnerException),
        };
}
