using System.Text;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Login;

/// <summary>Asks who sits at the terminal; nobody is asked where input or errors are redirected.</summary>
internal static class Prompt
{
    /// <param name="missing">The error if nobody can be asked.</param>
    public static string Ask(string question, string? standard, string missing)
    {
        if (!TerminalDetection.CanAsk)
        {
            return standard ?? throw new UsageException(missing);
        }
        Console.Error.Write(standard is null ? $"{question}: " : $"{question} [{standard}]: ");
        return Console.ReadLine()?.Trim() is { Length: > 0 } answer ? answer : standard ?? throw new UsageException(missing);
    }

    /// <summary>The same, and what is typed is not shown.</summary>
    public static string AskSecret(string question, string missing)
    {
        if (!TerminalDetection.CanAsk)
        {
            throw new UsageException(missing);
        }
        Console.Error.Write($"{question}: ");
        var secret = new StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                secret.Length = Math.Max(0, secret.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                secret.Append(key.KeyChar);
            }
        }
        Console.Error.WriteLine();
        return secret.Length > 0 ? secret.ToString() : throw new UsageException(missing);
    }

    /// <summary>The first line of standard input: a secret that is on no command line and in no environment.</summary>
    public static string ReadSecret(TextReader input, string option) =>
        input.ReadLine()?.TrimEnd('\r') is { Length: > 0 } secret
            ? secret
            : throw new UsageException($"{option}: there is nothing on standard input.");
}
