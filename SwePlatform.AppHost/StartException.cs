namespace SwePlatform.AppHost;

/// <summary>The system cannot start. The message says what is wrong and what to do, and is all that is shown.</summary>
internal sealed class StartException : Exception
{
    public StartException() { }

    public StartException(string message)
        : base(message) { }

    public StartException(string message, Exception innerException)
        : base(message, innerException) { }
}
