namespace SwePlatform.Api.Sandbox;

/// <summary>Where a tool reports what it prints while it still runs. Whoever follows the execution sees it at once.</summary>
internal interface ILiveOutput
{
    /// <param name="stream"><c>stdout</c>, <c>stderr</c>, or <c>progress</c> for a line about how far the tool is.</param>
    void Write(string stream, string text);
}

/// <summary>For executions that nobody follows.</summary>
internal sealed class NoLiveOutput : ILiveOutput
{
    public static readonly NoLiveOutput Instance = new();

    public void Write(string stream, string text) { }
}
