using System.Net;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;
using Xunit;

namespace SwePlatform.Tests.Repositories;

public sealed class RepositoryUrlTests
{
    [Theory]
    [InlineData("https://example.com/a/b.git", "Https", "example.com", 443)]
    [InlineData("https://example.com:8443/a", "Https", "example.com", 8443)]
    [InlineData("https://bücher.example/a", "Https", "xn--bcher-kva.example", 443)]
    [InlineData("ssh://git@example.com/a", "Ssh", "example.com", 22)]
    [InlineData("ssh://git@example.com:2222/a", "Ssh", "example.com", 2222)]
    [InlineData("git@example.com:a/b.git", "Ssh", "example.com", 22)]
    [InlineData("/srv/repository", "Local", null, 0)]
    [InlineData("file:///srv/repository", "Local", null, 0)]
    public void Addresses_of_repositories_are_taken_apart(string text, string transport, string? host, int port)
    {
        var (url, problem) = RepositoryUrl.Parse(text);

        Assert.Null(problem);
        Assert.Equal((transport, host, port), (url!.Transport.ToString(), url.Host, url.Port));
    }

    [Theory]
    [InlineData("8.8.8.8", false)]
    [InlineData("172.15.255.255", false)]
    [InlineData("172.32.0.0", false)]
    [InlineData("2606:4700::1111", false)]
    [InlineData("127.9.9.9", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("224.0.0.1", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("::", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:192.168.0.1", true)]
    [InlineData("64:ff9b::a00:1", true)]
    [InlineData("2002:7f00:1::", true)]
    [InlineData("fd12::1", true)]
    public void Private_addresses_are_known(string address, bool isPrivate) =>
        Assert.Equal(isPrivate, NetworkAddress.IsPrivate(IPAddress.Parse(address)));

    [Theory]
    [InlineData("fatal: https://user:secret@example.com/x not found", "fatal: https://…@example.com/x not found")]
    [InlineData("error: ssh://token@example.com", "error: ssh://…@example.com")]
    [InlineData("nothing to hide at https://example.com/a@b", "nothing to hide at https://example.com/a@b")]
    public void Credentials_do_not_reach_messages(string text, string expected) => Assert.Equal(expected, GitUrls.Redact(text));
}
