using System.Text;
using System.Xml;
using SwePlatform.Api.Toolbox.Deps;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

/// <summary>Manifests that a repository holds in order to keep their reader busy.</summary>
public sealed class HostileManifestTests
{
    [Theory]
    [InlineData("pom.xml", "<a>")]
    [InlineData("x.csproj", "<a>")]
    public void Elements_nested_deeply_are_refused_at_once(string file, string element)
    {
        var reader = ManifestReaders.Find(file)!;

        Assert.Throws<XmlException>(() => reader.Read("<project>" + Repeat(element, 300_000)));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a=")]
    public void Values_nested_deeply_in_TOML_are_refused(string open)
    {
        var reader = ManifestReaders.Find("Cargo.toml")!;

        Assert.Throws<Tomlyn.TomlException>(() => reader.Read("a = " + Repeat(open, 200_000)));
        Assert.Throws<Tomlyn.TomlException>(() => reader.Read("[" + Repeat("a.", 100_000) + "a]\nb = 1\n"));
    }

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();
}
