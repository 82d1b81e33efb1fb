using System.Text.Json;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>
/// Reads what <c>jest --json</c> writes: jest has no other report without a further package. It is read token by token,
/// since millions of empty objects are a small file and a large object model.
/// </summary>
internal static class JestReports
{
    private const int MaxText = 256 * 1024;

    /// <returns>Null if it is no such report.</returns>
    public static TestReport? Read(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return Read(new Utf8JsonReader(content.GetBuffer().AsSpan(0, (int)content.Length)), cancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static TestReport? Read(Utf8JsonReader json, CancellationToken cancellationToken)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }
        TestTally? tally = null;
        while (NextMember(ref json) is { } member)
        {
            if (member != "testResults" || json.TokenType != JsonTokenType.StartArray)
            {
                json.Skip();
                continue;
            }
            tally ??= new();
            while (NextItem(ref json))
            {
                cancellationToken.ThrowIfCancellationRequested();
                ReadSuite(ref json, tally, cancellationToken);
            }
        }
        return tally?.ToReport();
    }

    private static void ReadSuite(ref Utf8JsonReader json, TestTally tally, CancellationToken cancellationToken)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        string? name = null,
            status = null,
            message = null;
        var tests = 0;
        while (NextMember(ref json) is { } member)
        {
            switch (member)
            {
                case "name":
                    name = Text(ref json);
                    break;
                case "status":
                    status = Text(ref json);
                    break;
                case "message":
                    message = Text(ref json);
                    break;
                case "assertionResults" when json.TokenType == JsonTokenType.StartArray:
                    while (NextItem(ref json))
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        tests += ReadTest(ref json, tally) ? 1 : 0;
                    }
                    break;
                default:
                    json.Skip();
                    break;
            }
        }
        // A file that cannot be loaded has no tests, and is what failed.
        if (status == "failed" && tests == 0)
        {
            tally.Fail(SourcePlace.Relative(name ?? "?"), TestReport.Head(message ?? ""), message);
        }
    }

    private static bool ReadTest(ref Utf8JsonReader json, TestTally tally)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return false;
        }
        string? name = null,
            status = null;
        var stack = "";
        while (NextMember(ref json) is { } member)
        {
            switch (member)
            {
                case "fullName":
                    name = Text(ref json);
                    break;
                case "status":
                    status = Text(ref json);
                    break;
                case "failureMessages" when json.TokenType == JsonTokenType.StartArray:
                    var messages = new List<string>();
                    for (var length = 0; NextItem(ref json); )
                    {
                        if (length < MaxText && Text(ref json) is { } text)
                        {
                            messages.Add(text);
                            length += text.Length + 2;
                        }
                        else
                        {
                            json.Skip();
                        }
                    }
                    stack = string.Join("\n\n", messages);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }
        switch (status)
        {
            case "passed":
                tally.Passed++;
                break;
            case "failed":
                tally.Fail(name ?? "?", TestReport.Head(stack), stack);
                break;
            default:
                tally.Skipped++;
                break;
        }
        return true;
    }

    // Leaves the reader on the value; null at the end of the object.
    private static string? NextMember(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.PropertyName)
        {
            return null;
        }
        var name = json.ValueSpan.Length > 100 ? "" : json.GetString();
        json.Read();
        return name;
    }

    private static bool NextItem(ref Utf8JsonReader json) => json.Read() && json.TokenType != JsonTokenType.EndArray;

    private static string? Text(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.String)
        {
            return json.ValueSpan.Length <= MaxText ? json.GetString() : null;
        }
        json.Skip();
        return null;
    }
}
