using System.IO.Hashing;

namespace SwePlatform.Api.Toolbox.Code;

/// <summary>
/// Finds repeated blocks in time proportional to the number of lines (and their sorting). Each run of
/// <paramref name="minLines"/> lines gets a hash; runs of equal hash form a group; groups that follow each other in all
/// their occurrences are one longer block.
/// </summary>
internal sealed class DuplicateFinder(int minLines)
{
    private readonly List<string> _paths = [];

    // Of each line with content, over all files: its hash, its number, and which file it is in.
    private readonly List<ulong> _hashes = [];
    private readonly List<int> _lineNumbers = [];
    private readonly List<int> _files = [];

    public void Add(string path, ReadOnlySpan<byte> content)
    {
        var file = _paths.Count;
        _paths.Add(path);
        var number = 0;
        foreach (var range in content.Split((byte)'\n'))
        {
            number++;
            var line = content[range].Trim(" \t\r"u8);
            if (HasContent(line))
            {
                _hashes.Add(XxHash3.HashToUInt64(line));
                _lineNumbers.Add(number);
                _files.Add(file);
            }
        }
    }

    public List<DuplicateBlock> Find(CancellationToken cancellationToken)
    {
        var groups = GroupRuns(cancellationToken);
        var groupAt = new Dictionary<int, int>();
        for (var group = 0; group < groups.Count; group++)
        {
            foreach (var start in groups[group])
            {
                groupAt[start] = group;
            }
        }

        var blocks = new List<DuplicateBlock>();
        for (var group = 0; group < groups.Count; group++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var starts = groups[group];
            if (FollowedBy(starts, -1, groups, groupAt))
            {
                // A block that begins earlier contains this one.
                continue;
            }
            var length = minLines;
            while (FollowedBy(starts, length - minLines + 1, groups, groupAt))
            {
                length++;
            }
            var apart = Apart(starts, length);
            if (apart.Count > 1)
            {
                blocks.Add(
                    new(
                        length,
                        [
                            .. apart.Select(start => new DuplicateOccurrence(
                                _paths[_files[start]],
                                _lineNumbers[start],
                                _lineNumbers[start + length - 1]
                            )),
                        ]
                    )
                );
            }
        }
        return blocks;
    }

    // The starts of runs that occur more than once, each list in order.
    private List<int[]> GroupRuns(CancellationToken cancellationToken)
    {
        var runs = new List<(ulong Hash, int Start)>(_hashes.Count);
        for (var start = 0; start + minLines <= _hashes.Count; start++)
        {
            if (_files[start] == _files[start + minLines - 1])
            {
                ulong hash = 0;
                for (var line = start; line < start + minLines; line++)
                {
                    hash = unchecked((hash * 0x9E3779B97F4A7C15) + _hashes[line]);
                }
                runs.Add((hash, start));
            }
        }
        cancellationToken.ThrowIfCancellationRequested();
        runs.Sort();
        var groups = new List<int[]>();
        for (var first = 0; first < runs.Count; )
        {
            var end = first + 1;
            while (end < runs.Count && runs[end].Hash == runs[first].Hash)
            {
                end++;
            }
            if (end - first > 1)
            {
                groups.Add([.. runs[first..end].Select(run => run.Start)]);
            }
            first = end;
        }
        return groups;
    }

    // Whether the runs that are that far from these are a group by themselves, no more and no fewer.
    private bool FollowedBy(int[] starts, int distance, List<int[]> groups, Dictionary<int, int> groupAt)
    {
        if (!groupAt.TryGetValue(starts[0] + distance, out var next) || groups[next].Length != starts.Length)
        {
            return false;
        }
        for (var index = 0; index < starts.Length; index++)
        {
            if (groups[next][index] != starts[index] + distance || _files[starts[index]] != _files[starts[index] + distance])
            {
                return false;
            }
        }
        return true;
    }

    // A block that repeats itself at once overlaps its own copy; only copies side by side count.
    private List<int> Apart(int[] starts, int length)
    {
        var apart = new List<int>();
        foreach (var start in starts)
        {
            if (apart.Count == 0 || _files[apart[^1]] != _files[start] || start >= apart[^1] + length)
            {
                apart.Add(start);
            }
        }
        return apart;
    }

    private static bool HasContent(ReadOnlySpan<byte> line)
    {
        foreach (var character in line)
        {
            if (char.IsAsciiLetterOrDigit((char)character) || character > 127)
            {
                return true;
            }
        }
        return false;
    }
}
