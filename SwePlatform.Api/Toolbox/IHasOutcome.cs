namespace SwePlatform.Api.Toolbox;

/// <summary>
/// A result that says how well it came out: the tool did what it should, and what it ran or looked at may have failed all the same.
/// </summary>
internal interface IHasOutcome
{
    /// <summary>Whether all is well, and why not in a few words, such as <c>exit 3</c>.</summary>
    (bool Passed, string? Text) Outcome { get; }
}
