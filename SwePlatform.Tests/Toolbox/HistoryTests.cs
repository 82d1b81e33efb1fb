using System.Globalization;
using System.Net;
using System.Text;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

/// <summary>Histories with merges, several roots, and clocks that are wrong or stand still: listed as Git lists them.</summary>
public sealed class HistoryTests(Platform platform)
{
    private const long Start = 1_700_000_000;

    private static readonly string[] Authors = ["Ada <ada@example.com>", "Bob (*) <bob@example.com>", "Éva <eva@ada.example>"];

    [Fact]
    public async Task Any_history_is_listed_in_gits_order()
    {
        using var client = await platform.NewMemberAsync();
        var repository = NewHistory(150);
        var project = await client.AddProjectAsync(repository.Folder);

        var expected = Expect(repository);
        Assert.Equal(expected.Take(200), await ListAsync(client, project, new { maxCount = 200 }));
        Assert.Equal(expected.Take(37), await ListAsync(client, project, new { maxCount = 37 }));
        Assert.Equal(expected, await ListAsync(client, project, new { maxCount = 1000 }));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(700)]
    public async Task A_history_is_filtered_as_git_filters_it(int commits)
    {
        using var client = await platform.NewMemberAsync();
        var repository = NewHistory(commits);
        var project = await client.AddProjectAsync(repository.Folder);
        var (since, until) = (Start + (commits / 40), Start + (commits / 15));

        foreach (var author in new[] { null, "Ada", "ada", "b (*) <b", "Éva", "example>", "nobody", "+0000" })
        {
            foreach (var (from, to) in new (long?, long?)[] { (null, null), (since, null), (null, until), (since, until), (until, since) })
            {
                List<string> options = [];
                if (author is not null)
                {
                    options.AddRange(["--fixed-strings", $"--author={author}"]);
                }
                if (from is not null)
                {
                    options.Add($"--since=@{Number(from.Value)}");
                }
                if (to is not null)
                {
                    options.Add($"--until=@{Number(to.Value)}");
                }
                var expected = Expect(repository, [.. options]);

                Assert.Equal(
                    expected.Take(20),
                    await ListAsync(
                        client,
                        project,
                        new
                        {
                            author,
                            since = Iso(from),
                            until = Iso(to),
                            maxCount = 20,
                        }
                    )
                );
                Assert.Equal(
                    expected.Take(1000),
                    await ListAsync(
                        client,
                        project,
                        new
                        {
                            author,
                            since = Iso(from),
                            until = Iso(to),
                            maxCount = 1000,
                        }
                    )
                );
            }
        }
    }

    [Fact]
    public async Task A_day_begins_at_midnight_in_utc()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "1\n").Commit();
        string[] times = ["2025-01-30T00:00:01Z", "2025-01-31T00:00:00Z", "2025-01-31T23:30:00Z"];
        List<string> parents = [];
        foreach (var time in times)
        {
            parents =
            [
                Store(repository, parents, Authors[0], DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).ToUnixTimeSeconds()),
            ];
        }
        repository.Git("update-ref", "refs/heads/main", parents[0]);
        var project = await client.AddProjectAsync(repository.Folder);

        Assert.Equal(2, (await ListAsync(client, project, new { since = "2025-01-31" })).Count());
        Assert.Equal(3, (await ListAsync(client, project, new { since = "2025-01-30" })).Count());
        // Asked for with a path, Git itself answers; the first commit is the one that has the file.
        Assert.Single(await ListAsync(client, project, new { since = "2025-01-30", path = "a.txt" }));
        Assert.Empty(await ListAsync(client, project, new { since = "2025-01-31", path = "a.txt" }));
    }

    [Theory]
    [InlineData("1969-01-01", "2030-01-01")]
    [InlineData("1970-01-01", "2100-06-01")]
    [InlineData("1973-01-01", "9999-12-31")]
    public async Task Times_long_ago_and_far_ahead_are_those_times(string since, string until)
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "1\n").Commit().Folder);

        foreach (var path in new[] { null, "a.txt" })
        {
            Assert.Single(await ListAsync(client, project, new { since, path }));
            Assert.Empty(await ListAsync(client, project, new { until = since, path }));
            Assert.Single(await ListAsync(client, project, new { until, path }));
            Assert.Empty(await ListAsync(client, project, new { since = until, path }));
        }
    }

    [Theory]
    [InlineData(@"B\E.*")]
    [InlineData("^Bob")]
    [InlineData("B.b")]
    [InlineData("B[o]b")]
    public async Task An_author_is_text_and_no_pattern(string author)
    {
        using var client = await platform.NewMemberAsync();
        var repository = NewHistory(20);
        var project = await client.AddProjectAsync(repository.Folder);

        Assert.NotEmpty(await ListAsync(client, project, new { author = "Bob (*) <" }));
        Assert.NotEmpty(await ListAsync(client, project, new { author = "Bob (*) <", maxCount = 1000 }));
        Assert.Empty(await ListAsync(client, project, new { author }));
        Assert.Empty(await ListAsync(client, project, new { author, maxCount = 1000 }));
    }

    [Theory]
    [InlineData("01/31/2025")]
    [InlineData("12:00")]
    [InlineData("2025-13-01")]
    public async Task A_time_that_could_mean_several_things_is_refused(string time)
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "1\n").Commit().Folder);

        var problem = (await client.ExecuteAsync("git.log", project, new { since = time })).ExpectProblem(HttpStatusCode.BadRequest);

        Assert.Contains("ISO 8601", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_author_has_the_name_that_was_committed()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform
            .NewRepository()
            .Write("a.txt", "1\n")
            .Write(".mailmap", "New Name <new@example.com> <ada@example.com>\n")
            .Commit();
        repository.Git("update-ref", "refs/heads/main", Store(repository, [], Authors[0], Start));
        var project = await client.AddProjectAsync(repository.Folder);

        Assert.Single(await ListAsync(client, project, new { author = "Ada" }));
        Assert.Empty(await ListAsync(client, project, new { author = "New Name" }));
        Assert.Empty(await ListAsync(client, project, new { author = "New Name", path = "a.txt" }));
        var blamed = await client.RunAsync("git.blame", project, new { path = "a.txt" });
        Assert.Equal("Ada", (string)blamed["commits"]!.AsArray().Single()!["author"]!["name"]!);
    }

    private TestRepository NewHistory(int count)
    {
        var repository = platform.NewRepository().Write("a.txt", "1\n").Commit();
        var random = new Random(20240229);
        var ids = new List<string>();
        for (var number = 0; number < count; number++)
        {
            var parents =
                ids.Count == 0 || random.Next(20) == 0
                    ? []
                    : Enumerable
                        .Range(0, random.Next(1, 4))
                        .Select(_ => ids[random.Next(Math.Max(0, ids.Count - 6), ids.Count)])
                        .Distinct();
            ids.Add(Store(repository, [.. parents], Authors[random.Next(Authors.Length)], Start + (number / 10) + random.Next(-3, 4)));
        }
        repository.Git("update-ref", "refs/heads/main", Store(repository, ids[^8..], Authors[0], Start + count));
        return repository;
    }

    private static string Store(TestRepository repository, IReadOnlyList<string> parents, string author, long time)
    {
        var tree = repository.Git("rev-parse", "HEAD^{tree}").Trim();
        return repository.StoreCommit(
            Encoding.UTF8.GetBytes(
                $"tree {tree}\n{string.Concat(parents.Select(parent => $"parent {parent}\n"))}author {author} {Number(time)} "
                    + $"+0000\ncommitter {Authors[1]} {Number(time)} +0000\n\n{Number(time)}\n"
            )
        );
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Iso(long? seconds) =>
        seconds is { } value ? DateTimeOffset.FromUnixTimeSeconds(value).ToString("o", CultureInfo.InvariantCulture) : null;

    private static string[] Expect(TestRepository repository, params string[] options) =>
        repository.Git(["log", "--format=%H", .. options]).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<IEnumerable<string>> ListAsync(ApiClient client, Guid project, object arguments) =>
        (await client.RunAsync("git.log", project, arguments))["commits"]!.AsArray().Select(commit => (string)commit!["id"]!);
}
