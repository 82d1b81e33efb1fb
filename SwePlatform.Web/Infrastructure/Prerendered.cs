namespace SwePlatform.Web.Infrastructure;

/// <summary>
/// What a page keeps from prerendering, so as not to fetch it twice. It travels through the browser and comes back in the
/// message that starts the circuit: too long a message, and the page stays dead.
/// </summary>
internal static class Prerendered
{
    /// <summary>The longest message that a browser may send; only signed-in users have a circuit.</summary>
    public const int MaxMessageBytes = 1024 * 1024;

    // Encrypted and encoded it takes half as much again, and text that is not ASCII more.
    private const int MaxCharacters = 150_000;

    /// <summary>The list, or null if it is to be fetched again.</summary>
    /// <param name="size">About how many characters an item takes.</param>
    public static IReadOnlyList<T>? Keep<T>(IReadOnlyList<T>? list, Func<T, int> size) =>
        list?.Sum(item => (long)size(item)) <= MaxCharacters ? list : null;
}
