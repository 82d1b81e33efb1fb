using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using SwePlatform.Api.Toolbox.Deps;

namespace SwePlatform.Api.Repositories.Git;

/// <summary>What a Git process that stays is asked for.</summary>
internal enum GitBatchKind
{
    /// <summary>Objects by name.</summary>
    Objects,

    /// <summary>Kinds and sizes of objects by name.</summary>
    Facts,

    /// <summary>What differs between two trees.</summary>
    Differences,
}

/// <summary>
/// A Git process that answers one question after the other, for one caller at a time. Its pipes block, so it has a thread
/// of its own: those that answer requests must not wait for a history that takes Git a minute.
/// </summary>
internal sealed class GitBatch : IDisposable
{
    private const int MaxHeaderBytes = 4096;
    private const int MaxRememberedBytes = 2 * 1024 * 1024;
    private const int MaxRememberedEach = 8 * 1024;
    private const int RememberedOverhead = 256;

    private readonly Process _process;
    private readonly Stream _questions;
    private readonly BufferedStream _answers;
    private readonly BlockingCollection<Action> _work = [];
    private readonly Dictionary<string, GitObject> _remembered = [];
    private int _rememberedBytes;

    public GitBatch(Process process)
    {
        _process = process;
        _questions = process.StandardInput.BaseStream;
        _answers = new(process.StandardOutput.BaseStream, 1 << 16);
        new Thread(Work) { IsBackground = true, Name = "git" }.Start();
        _ = DropErrorsAsync();
    }

    /// <summary>How many callers it had.</summary>
    public int Uses { get; set; }

    /// <summary>How much it has answered, which Git remembers some of.</summary>
    public long Bytes { get; private set; }

    /// <summary>When it was given back, as a timestamp of the time provider.</summary>
    public long IdleSince { get; set; }

    public bool Killed { get; private set; }

    public static IEnumerable<string> Command(GitBatchKind kind) =>
        kind switch
        {
            GitBatchKind.Objects => ["cat-file", "--batch"],
            GitBatchKind.Facts => ["cat-file", "--batch-check"],
            _ => ["diff-tree", "--stdin", .. TreeComparison.Options, TreeComparison.Unified(TreeQuery.UsualContext)],
        };

    /// <summary>Runs a conversation with the process on its thread.</summary>
    public Task<T> TalkAsync<T>(Func<GitBatch, T> conversation)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                answer.SetResult(conversation(this));
            }
            catch (Exception exception)
            {
                answer.SetException(exception);
            }
        });
        return answer.Task;
    }

    /// <summary>An object that was read before, by its id. What an id stands for never changes.</summary>
    public GitObject? Recall(string id) => _remembered.GetValueOrDefault(id);

    public void Remember(GitObject found)
    {
        if (found.Content.Length > MaxRememberedEach)
        {
            return;
        }
        var size = found.Content.Length + RememberedOverhead;
        if (_rememberedBytes + size > MaxRememberedBytes)
        {
            _remembered.Clear();
            _rememberedBytes = 0;
        }
        if (_remembered.TryAdd(found.Id, found))
        {
            _rememberedBytes += size;
        }
    }

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

    public void ReadExactly(Span<byte> buffer)
    {
        _answers.ReadExactly(buffer);
        Bytes += buffer.Length;
    }

    public int Read(Span<byte> buffer)
    {
        var read = _answers.Read(buffer);
        Bytes += read;
        return read;
    }

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

    /// <summary>To be called when nobody talks to it.</summary>
    public void Dispose()
    {
        Kill();
        _work.CompleteAdding();
    }

    private void Work()
    {
        foreach (var conversation in _work.GetConsumingEnumerable())
        {
            conversation();
        }
        // The process does not close streams that it has handed out.
        _answers.Dispose();
        try
        {
            _questions.Dispose();
        }
        catch (IOException)
        {
            // What was not written yet has no reader any more.
        }
        _process.Dispose();
    }

    // Warnings are of no use to anyone, but Git would wait for someone to take them.
    private async Task DropErrorsAsync()
    {
        try
        {
            await using var errors = _process.StandardError.BaseStream;
            await errors.CopyToAsync(Stream.Null);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It was ended.
        }
    }
}
