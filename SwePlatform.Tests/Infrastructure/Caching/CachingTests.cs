using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Infrastructure.Caching;

public sealed class CachingTests(Platform platform)
{
    [Fact]
    public async Task A_change_on_one_replica_is_seen_on_another_that_has_cached_the_old_value()
    {
        using var client = await platform.NewMemberAsync();
        await using var other = platform.StartApi();
        using var elsewhere = client.At(other.ClientOptions.BaseAddress);
        await elsewhere.GetAsync("/users/me");
        await elsewhere.GetAsync("/projects");

        (await client.PatchAsync($"/users/{client.UserId}", new { displayName = "Renamed" })).Expect(HttpStatusCode.OK);
        Assert.Equal("Renamed", (string)(await client.GetAsync("/users/me")).Body!["displayName"]!);
        await Eventually.HoldsAsync(async () => (string)(await elsewhere.GetAsync("/users/me")).Body!["displayName"]! == "Renamed");

        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a").Commit().Folder);
        Assert.Equal("Renamed", (string)(await client.GetAsync("/projects")).Body!["items"]![0]!["owner"]!["displayName"]!);
        await Eventually.HoldsAsync(async () => (int)(await elsewhere.GetAsync("/projects")).Body!["total"]! == 1);

        (await elsewhere.DeleteAsync($"/projects/{project}")).Expect(HttpStatusCode.NoContent);
        Assert.Equal(0, (int)(await elsewhere.GetAsync("/projects")).Body!["total"]!);
        await Eventually.HoldsAsync(async () => (int)(await client.GetAsync("/projects")).Body!["total"]! == 0);
    }

    [Fact]
    public async Task A_project_in_the_list_is_the_same_as_the_project_alone()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a").Commit().Folder);
        var alone = (await client.GetAsync($"/projects/{project}")).Expect(HttpStatusCode.OK);

        var list = (await client.GetAsync("/projects?limit=1")).Expect(HttpStatusCode.OK);

        Assert.Equal(alone.ToJsonString(), list["items"]![0]!.ToJsonString());
        Assert.Equal(1, (int)(await client.GetAsync("/projects?skip=5")).Body!["total"]!);
    }

    [Fact]
    public async Task What_the_client_has_is_not_sent_again()
    {
        using var client = await platform.NewMemberAsync();
        var first = await client.GetAsync("/tools");
        var tag = first.Headers.ETag!.ToString();

        var second = await client.SendAsync(HttpMethod.Get, "/tools", null, ("If-None-Match", tag));
        var third = await client.SendAsync(HttpMethod.Get, "/tools", null, ("If-None-Match", "W/\"other\""));

        Assert.Equal(HttpStatusCode.NotModified, second.Status);
        Assert.Null(second.Body);
        third.Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/api/v1/tools", "br")]
    [InlineData("/api/v1/tools", "gzip")]
    [InlineData("/openapi/v1.json", "br")]
    [InlineData("/openapi/v1.json", "gzip")]
    public async Task A_long_answer_is_compressed_as_the_client_takes_it(string path, string encoding)
    {
        using var client = await platform.NewMemberAsync();
        var plain = await client.Http.GetByteArrayAsync(path, TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));

        using var response = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var packed = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Assert.Equal([encoding], response.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        using var source = new MemoryStream(packed);
        using Stream decoder =
            encoding == "br" ? new BrotliStream(source, CompressionMode.Decompress) : new GZipStream(source, CompressionMode.Decompress);
        using var target = new MemoryStream();
        await decoder.CopyToAsync(target, TestContext.Current.CancellationToken);
        Assert.Equal(plain, target.ToArray());
        Assert.True(packed.Length < plain.Length / 3);
    }

    [Fact]
    public async Task An_answer_that_is_the_same_for_all_is_made_once_and_only_for_those_who_may_see_it()
    {
        using var one = await platform.NewMemberAsync();
        using var two = await platform.NewMemberAsync();
        await using var other = platform.StartApi();
        using var elsewhere = two.At(other.ClientOptions.BaseAddress);
        var path = "";
        var first = "";
        // It is kept for seconds only: a machine that stalls between the two asks for another one.
        await Eventually.HoldsAsync(
            async () =>
            {
                path = $"/performance/resources?window=5m&test={Guid.CreateVersion7()}";
                first = (string)(await one.GetAsync(path)).Expect(HttpStatusCode.OK)["to"]!;
                return (string)(await elsewhere.GetAsync(path)).Expect(HttpStatusCode.OK)["to"]! == first;
            },
            "another replica gives the same answer"
        );

        var anew = await elsewhere.SendAsync(HttpMethod.Get, path, null, ("Cache-Control", "no-cache"));
        Assert.NotEqual(first, (string)anew.Expect(HttpStatusCode.OK)["to"]!);
        (await platform.NewStranger().GetAsync(path)).ExpectProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_cached_document_does_not_depend_on_the_name_by_which_it_was_asked_for()
    {
        using var client = platform.NewStranger();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.Host = "evil.example";
        request.Headers.CacheControl = new() { NoCache = true };

        using var response = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.DoesNotContain(
            "evil.example",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_short_answer_is_not_compressed()
    {
        using var client = await platform.NewMemberAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/users/me");
        request.Headers.AcceptEncoding.Add(new("br"));

        using var response = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Empty(response.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task A_cached_list_of_one_user_is_not_shown_to_another()
    {
        using var owner = await platform.NewMemberAsync();
        using var stranger = await platform.NewMemberAsync();
        await owner.AddProjectAsync(platform.NewRepository().Write("a.txt", "a").Commit().Folder);
        Assert.Equal(1, (int)(await owner.GetAsync("/projects")).Body!["total"]!);

        Assert.Equal(0, (int)(await stranger.GetAsync("/projects")).Body!["total"]!);
        (await stranger.GetAsync($"/users/{owner.UserId}")).ExpectProblem(HttpStatusCode.NotFound);
        (await platform.NewStranger().GetAsync("/tools")).ExpectProblem(HttpStatusCode.Unauthorized);
    }
}
