using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace SwePlatform.Tests.Deployment;

/// <summary>What can be said of images without an engine that builds them.</summary>
public sealed partial class ImageTests
{
    [Theory, InlineData("SwePlatform.Api"), InlineData("SwePlatform.Web")]
    public void A_Dockerfile_is_pinned_and_its_program_is_not_root(string project)
    {
        var lines = Lines(project);

        Assert.Contains("ARG DOTNET=10.0-noble", lines);
        Assert.All(
            lines.Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)),
            line => Assert.Matches(@"^FROM (base|mcr\.\S+:\$\{DOTNET\}(-chiseled)?)( AS \w+)?$", line)
        );
        Assert.Equal("USER $APP_UID", lines.Last(line => line.StartsWith("USER ", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.StartsWith("HEALTHCHECK", StringComparison.Ordinal));
        Assert.Contains("EXPOSE 8080", lines);
    }

    [Theory, InlineData("SwePlatform.Api"), InlineData("SwePlatform.Web")]
    public void What_is_copied_exists_and_is_sent_to_the_builder(string project)
    {
        var sent = DeploymentFiles.Read(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();
        var copied = Lines(project)
            .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ')[1..^1])
            .Select(source => source.TrimEnd('/'))
            .ToList();

        Assert.NotEmpty(copied);
        foreach (var source in copied)
        {
            var folder = DeploymentFiles.PathOf(Path.GetDirectoryName(source)!);
            Assert.NotEmpty(Directory.EnumerateFileSystemEntries(folder, Path.GetFileName(source)));
            Assert.True(
                sent.Any(known => source == known || source.StartsWith(known + "/", StringComparison.Ordinal)),
                $"{source} is not sent."
            );
        }
        // What the project refers to outside its own folder is there too.
        var outside = XDocument
            .Load(DeploymentFiles.PathOf(project, $"{project}.csproj"))
            .Descendants()
            .Attributes("Include")
            .Select(attribute => attribute.Value)
            .Where(value => value.StartsWith("../", StringComparison.Ordinal))
            .Select(value => value[3..]);
        Assert.All(
            outside,
            path => Assert.Contains(copied, source => path == source || path.StartsWith(source + "/", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void The_SDK_puts_programs_on_the_same_bases()
    {
        Assert.Equal("swe-platform/api-base:10.0-noble", Property("SwePlatform.Api", "ContainerBaseImage"));
        Assert.Contains("FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET} AS base", Lines("SwePlatform.Api"));
        Assert.Equal("mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled", Property("SwePlatform.Web", "ContainerBaseImage"));
        Assert.Contains("FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET}-chiseled", Lines("SwePlatform.Web"));
        Assert.All(["SwePlatform.Api", "SwePlatform.Web"], project => Assert.Equal("1654", Property(project, "ContainerUser")));
    }

    [Fact]
    public void The_tools_programs_are_in_the_APIs_image()
    {
        var text = DeploymentFiles.Read("SwePlatform.Api", "Dockerfile");

        Assert.All(
            ["bubblewrap", "git", "openssh-client", "universal-ctags"],
            package => Assert.Matches($@"install [^\n]*\b{package}\b", text)
        );
        Assert.Contains("VOLUME /data", text, StringComparison.Ordinal);
    }

    private static string? Property(string project, string name) =>
        (string?)XDocument.Load(DeploymentFiles.PathOf(project, $"{project}.csproj")).Descendants(name).Single();

    // Logical lines: what a backslash continues is one.
    private static List<string> Lines(string project) =>
        [.. Continued().Replace(DeploymentFiles.Read(project, "Dockerfile"), " ").Split('\n')];

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();
}
