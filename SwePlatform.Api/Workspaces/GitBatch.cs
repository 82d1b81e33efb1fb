using System.Diagnostics;
using System.Text;

namespace SwePlatform.Api.Workspaces;

/// <summary>What a Git process that stays is asked for.</summary>
internal enum GitBatchKind
{
    /// <summary>Objects by name.</summary>
    Objects,

    /// <summary>What differs between two trees.</summary>
    Differences,
}

/// <summary>A Git process that answers one question after the other, over blocking pipes. For one caller at a time.</summary>
internal sealed class GitBatch : IDisposable
{
    private const int MaxHeaderBytes = 4096;

    private readonly Process _process;
    private readonly Stream _questions;
    private readonly BufferedStream _answers;

    public GitBatch(Process process)
    {
        _process = process;
        _questions = process.StandardInput.BaseStream;
        _answers = new(process.StandardOutput.BaseStream, 1 << 16);
        // Warnings are of no use to anyone, but Git would wait for someone to take them.
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
    }

    /// <summary>How many callers it had.</summary>
    public int Uses { get; set; }

    /// <summary>When it was given back, as a timestamp of the time provider.</summary>
    public long IdleSince { get; set; }

    public bool Killed { get; private set; }

    public static IEnumerable<string> Command(GitBatchKind kind) => kind switch
    {
        GitBatchKind.Objects => ["cat-file", "--batch"],
        _ => ["diff-tree", "--stdin", .. TreeComparison.Options, TreeComparison.Unified(TreeQuestion.UsualContext)],
    };

    /// <exception cref="IOException">The process has ended.</exception>
    public void Ask(string lines)
    {
        _questions.Write(Encoding.UTF8.GetBytes(lines));
        _questions.Flush();
    }

    /// <exception cref="EndOfStreamException">The process has ended.</exception>
    public string ReadLine()
    {
        Span<byte> line = stackalloc byte[MaxHeaderBytes];
        for (var length = 0; length < line.Length; length++)
        {
            var next = _answers.ReadByte();
            if (next == '\n')
            {
                return Encoding.UTF8.GetString(line[..length]);
            }
            line[length] = next >= 0 ? (byte)next : throw new EndOfStreamException();
        }
        throw new IOException("its answer has a line that is too long.");
    }

    public void ReadExactly(Span<byte> buffer) => _answers.ReadExactly(buffer);

    public int Read(Span<byte> buffer) => _answers.Read(buffer);

    public void Skip(long count)
    {
        Span<byte> buffer = stackalloc byte[MaxHeaderBytes];
        while (count > 0)
        {
            var part = buffer[..(int)Math.Min(count, buffer.Length)];
            ReadExactly(part);
            count -= part.Length;
        }
    }

    /// <summary>Ends it at once; whoever reads from it gets an end of stream.</summary>
    public void Kill()
    {
        Killed = true;
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
