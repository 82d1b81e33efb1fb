using System.Net;
using System.Net.Http.Headers;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Browse;

/// <summary>Files as they are, given to a browser that must not run them.</summary>
public sealed class RawFileTests(Platform platform)
{
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("page.html", "<script>alert(1)</script>", "text/plain", "inline")]
    [InlineData("run.js", "alert(1)", "text/plain", "inline")]
    [InlineData("image.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml", "inline")]
    [InlineData("page.xhtml", "a\0b", "application/octet-stream", "attachment")]
    [InlineData("no-image.png", "<html><script>alert(1)</script>", "text/plain", "inline")]
    public async Task Nothing_is_sent_as_what_a_browser_would_run(string path, string content, string type, string disposition)
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write(path, content).Commit().Folder);

        using var answer = await client.Http.GetAsync($"/api/v1/projects/{project}/raw/main?path={path}", Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(disposition, answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("sandbox;", policy);
        Assert.Equal(content, await answer.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task A_file_has_its_id_as_tag_and_is_kept_for_good_only_by_a_commit()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("logo.bin", Png).Commit();
        var project = await client.AddProjectAsync(repository.Folder);
        var id = $"\"{repository.Git("rev-parse", "HEAD:logo.bin").Trim()}\"";

        using var branch = await client.Http.GetAsync($"/api/v1/projects/{project}/raw/main?path=logo.bin", Cancel);
        using var commit = await client.Http.GetAsync($"/api/v1/projects/{project}/raw/{repository.Head}?path=logo.bin", Cancel);
        using var known = await SendAsync(request => request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(id)));
        using var part = await SendAsync(request => request.Headers.Range = new(0, 3));
        using var download = await client.Http.GetAsync($"/api/v1/projects/{project}/raw/main?path=logo.bin&download=true", Cancel);

        Assert.Equal("image/png", branch.Content.Headers.ContentType!.MediaType);
        Assert.Equal(id, branch.Headers.ETag!.Tag);
        Assert.Equal("no-cache, private", branch.Headers.CacheControl!.ToString());
        Assert.Contains("immutable", commit.Headers.CacheControl!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(Png[..4], await part.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal("attachment", download.Content.Headers.ContentDisposition!.DispositionType);

        async Task<HttpResponseMessage> SendAsync(Action<HttpRequestMessage> change)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/projects/{project}/raw/main?path=logo.bin");
            change(request);
            return await client.Http.SendAsync(request, Cancel);
        }
    }

    [Fact]
    public async Task What_is_no_file_is_not_found_and_a_file_without_a_path_is_a_mistake()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(
            platform.NewRepository().Write("folder/a.txt", "a").Link("link", "/etc/passwd").Commit().Folder
        );

        (await client.GetAsync($"/projects/{project}/raw/main?path=folder")).ExpectProblem(HttpStatusCode.NotFound);
        (await client.GetAsync($"/projects/{project}/raw/main?path=link")).ExpectProblem(HttpStatusCode.NotFound);
        (await client.GetAsync($"/projects/{project}/raw/main?path=missing")).ExpectProblem(HttpStatusCode.NotFound);
        (await client.GetAsync($"/projects/{project}/raw/main")).ExpectProblem(HttpStatusCode.BadRequest);
        (await client.GetAsync($"/projects/{project}/raw/main?path=/etc/passwd")).ExpectFieldError("path");
    }
}
