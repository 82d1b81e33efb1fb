namespace SwePlatform.AppHost.Embedded;

/// <summary>The system cannot start or go on. The message says what is wrong and what mends it, and is all that is shown.</summary>
public sealed class HostException : Exception
{
    public HostException()
    {
    }

    public HostException(string message)
        : base(message)
    {
    }

    public HostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
