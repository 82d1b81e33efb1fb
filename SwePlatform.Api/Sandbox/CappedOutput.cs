using System.Text;

namespace SwePlatform.Api.Sandbox;

/// <summary>Reads a program's output to its end, keeps the beginning, and passes on what it keeps at once.</summary>
internal sealed class CappedOutput(string stream, int maxBytes, ILiveOutput live)
{
    private readonly StringBuilder _text = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private int _kept;

    public bool Truncated { get; private set; }

    public string Text => _text.ToString();

    public async Task ReadAsync(Stream source)
    {
        var bytes = new byte[16 * 1024];
        var characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        int read;
        // Beyond the limit too: a program that waits for a reader would never end.
        while ((read = await source.ReadAsync(bytes)) > 0)
        {
            var kept = Math.Min(read, maxBytes - _kept);
            if (kept < read && !Truncated)
            {
                Truncated = true;
                live.Write("progress", $"{stream} is longer than {maxBytes} bytes; the rest is not kept.");
            }
            if (kept > 0)
            {
                _kept += kept;
                var count = _decoder.GetChars(bytes, 0, kept, characters, 0);
                _text.Append(characters, 0, count);
                live.Write(stream, new(characters, 0, count));
            }
        }
    }
}
