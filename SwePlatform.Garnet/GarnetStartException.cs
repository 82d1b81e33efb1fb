namespace SwePlatform.Garnet;

/// <summary>Garnet cannot start. The message says why, and what to do.</summary>
public sealed class GarnetStartException : Exception
{
    public GarnetStartException() { }

    public GarnetStartException(string message)
        : base(message) { }

    public GarnetStartException(string message, Exception innerException)
        : base(message, innerException) { }
}
