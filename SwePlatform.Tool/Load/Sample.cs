namespace SwePlatform.Tool.Load;

/// <summary>What came of one request.</summary>
/// <param name="Status">The answer's status; 0 if there was none.</param>
/// <param name="AsExpected">Whether the status is a good one and the body has in it what it should.</param>
internal readonly record struct Sample(int Status, bool AsExpected, long BytesReceived, long BytesSent)
{
    public const int NoAnswer = 0;

    /// <summary>As k6 counts: 2xx and 3xx are good.</summary>
    public bool Failed => Status is < 200 or >= 400;
}
