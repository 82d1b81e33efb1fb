namespace SwePlatform.Tool.Progress;

/// <summary>Whether somebody sits in front of it.</summary>
internal static class TerminalDetection
{
    /// <summary>Whether what is written there is seen at once. Tests write elsewhere.</summary>
    public static bool IsAt(TextWriter output) =>
        !(ReferenceEquals(output, Console.Error) ? Console.IsErrorRedirected : Console.IsOutputRedirected)
        && output is not StringWriter
        && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Whether somebody can be asked.</summary>
    public static bool CanAsk => !Console.IsInputRedirected && !Console.IsErrorRedirected;
}
