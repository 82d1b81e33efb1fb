using System.Text;

namespace SwePlatform.Api.Toolbox;

/// <summary>
/// Lines that a program prints, whose input is untrusted: none longer than a limit, and not more than another in all.
/// </summary>
internal sealed class BoundedLines(TextReader source, int maxLine, int maxAll)
{
    private readonly char[] _buffer = new char[16 * 1024];
    private readonly StringBuilder _line = new();
    private int _at;
    private int _end;
    private int _read;

    /// <summary>The next line; null at the end.</summary>
    /// <exception cref="ToolException">It is too long, or there are too many.</exception>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellationToken)
    {
        _line.Clear();
        while (true)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, await source.ReadAsync(_buffer, cancellationToken));
                _read += _end;
                if (_end == 0)
                {
                    return _line.Length == 0 ? null : _line.ToString();
                }
            }
            var found = Array.IndexOf(_buffer, '\n', _at, _end - _at);
            _line.Append(_buffer, _at, (found < 0 ? _end : found) - _at);
            _at = found < 0 ? _end : found + 1;
            if (_line.Length > maxLine || _read > maxAll)
            {
                throw new ToolException(
                    ToolException.Unsupported,
                    "The program printed more than is read. Ask for fewer files, or smaller ones."
                );
            }
            if (found >= 0)
            {
                return _line.ToString();
            }
        }
    }
}
