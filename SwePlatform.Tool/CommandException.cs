namespace SwePlatform.Tool;

/// <summary>A command cannot do its work. The message says what is wrong and how to fix it, and is all that is shown.</summary>
internal class CommandException : Exception
{
    public CommandException() { }

    public CommandException(string message)
        : base(message) { }

    public CommandException(string message, Exception innerException)
        : base(message, innerException) { }
}

/// <summary>The command was called wrongly, which only shows once it has looked further than the parser can.</summary>
internal sealed class UsageException(string message) : CommandException(message);
