namespace SwePlatform.Api.Toolbox;

/// <summary>Where a tool reports what it prints while it still runs. Whoever follows the execution sees it at once.</summary>
internal interface IToolOutput
{
    /// <param name="stream"><c>stdout</c>, <c>stderr</c>, or <c>progress</c> for a line about how far the tool is.</param>
    void Write(string stream, string text);
}

/// <summary>For executions that nobody follows.</summary>
internal sealed class NoToolOutput : IToolOutput
{
    public static readonly NoToolOutput Instance = new();

    public void Write(string stream, string text) { }
}
