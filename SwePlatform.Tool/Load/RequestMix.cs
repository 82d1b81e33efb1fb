using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace SwePlatform.Tool.Load;

/// <summary>The requests of a run, made ready once so that sending one costs little.</summary>
internal sealed class RequestMix
{
    private const string Unique = "{unique}";
    private readonly int[] _limits;

    public RequestMix(IEnumerable<MixEntry> mix, Uri address, IReadOnlyDictionary<string, string> values)
    {
        Entries = [.. mix.Where(entry => entry.Weight > 0).Select(entry => new Entry(entry, address, values))];
        var sum = 0;
        _limits = [.. Entries.Select(entry => sum += entry.Definition.Weight)];
    }

    public IReadOnlyList<Entry> Entries { get; }

    /// <summary>Index of an entry, by weight.</summary>
    public int Pick(Random random)
    {
        var drawn = random.Next(_limits[^1]);
        var index = 0;
        while (_limits[index] <= drawn)
        {
            index++;
        }
        return index;
    }

    internal sealed class Entry
    {
        private static readonly MediaTypeHeaderValue JsonType = new("application/json");
        private readonly HttpMethod _method;
        private readonly Uri _address;
        private readonly byte[]? _body;
        private readonly string[]? _parts;

        public Entry(MixEntry definition, Uri address, IReadOnlyDictionary<string, string> values)
        {
            Definition = definition;
            Expected = definition.Expect is { } expected ? Encoding.UTF8.GetBytes(expected) : null;
            _method = new HttpMethod(definition.Method);
            _address = new Uri(address, Fill(definition.Path, values, Uri.EscapeDataString));
            if (definition.Body is { } body)
            {
                var text = Fill(body.ToJsonString(), values, value => JsonEncodedText.Encode(value).ToString());
                _parts = text.Contains(Unique, StringComparison.Ordinal) ? text.Split(Unique) : null;
                _body = Encoding.UTF8.GetBytes(text);
            }
        }

        public MixEntry Definition { get; }

        public byte[]? Expected { get; }

        public HttpRequestMessage Make(string? authorization)
        {
            var request = new HttpRequestMessage(_method, _address);
            if (authorization is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }
            if (_body is not null)
            {
                request.Content = new ByteArrayContent(
                    _parts is null ? _body : Encoding.UTF8.GetBytes(string.Join(Guid.CreateVersion7().ToString("N"), _parts))
                );
                request.Content.Headers.ContentType = JsonType;
            }
            return request;
        }

        private static string Fill(string text, IReadOnlyDictionary<string, string> values, Func<string, string> escape) =>
            values.Aggregate(text, (filled, value) => filled.Replace("{" + value.Key + "}", escape(value.Value), StringComparison.Ordinal));
    }
}
