using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Shared;

/// <summary>The API's messages, at the fields that a form has; what belongs to none of them is shown above the form.</summary>
public sealed class FieldErrors(ApiException? error, params string[] fields)
{
    /// <summary>What to show above the form; null if each message has its field.</summary>
    public ApiException? Unplaced { get; } = Rest(error, fields);

    public string? this[string field] =>
        error?.Errors.FirstOrDefault(entry => entry.Key.Equals(field, StringComparison.OrdinalIgnoreCase)).Value is { } messages
            ? string.Join(' ', messages)
            : null;

    private static ApiException? Rest(ApiException? error, string[] fields)
    {
        if (error is null)
            return null;
        var rest = error.Errors.Where(entry => !fields.Contains(entry.Key, StringComparer.OrdinalIgnoreCase)).ToDictionary();
        return error.Errors.Count > 0 && rest.Count == 0
            ? null
            : new ApiException(error.Title, error.Detail, error.Status, rest, error.TraceId, inner: error);
    }
}
