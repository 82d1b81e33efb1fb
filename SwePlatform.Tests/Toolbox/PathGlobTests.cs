using SwePlatform.Api.Toolbox;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

public sealed class PathGlobTests
{
    [Theory]
    [InlineData("*.cs", "a.cs", true)]
    [InlineData("*.cs", "deep/down/a.cs", true)]
    [InlineData("*.cs", "a.css", false)]
    [InlineData("src/*.cs", "src/a.cs", true)]
    [InlineData("src/*.cs", "src/x/a.cs", false)]
    [InlineData("/src/*.cs", "src/a.cs", true)]
    [InlineData("**/*.cs", "a.cs", true)]
    [InlineData("src/**", "src/x/y", true)]
    [InlineData("src/**/test/*.c", "src/test/a.c", true)]
    [InlineData("src/**/test/*.c", "src/x/y/test/a.c", true)]
    [InlineData("src/", "src/x/y", true)]
    [InlineData("src/", "srcs/x", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a/?", "a//", false)]
    [InlineData("[ab].c", "b.c", true)]
    [InlineData("[!ab].c", "b.c", false)]
    [InlineData("[^a]", "^", true)]
    [InlineData("*.{ts,tsx}", "x/a.tsx", true)]
    [InlineData("{src,test}/*.{a,b}", "test/x.b", true)]
    [InlineData("a.b", "axb", false)]
    [InlineData("a+(b)|c$", "a+(b)|c$", true)]
    [InlineData("\\*.c", "*.c", true)]
    [InlineData("\\*.c", "a.c", false)]
    public void A_glob_matches_as_in_gitignore(string glob, string path, bool matches)
    {
        Assert.Null(PathGlob.Problem(glob));
        Assert.Equal(matches, PathGlob.Create(glob).IsMatch(path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-x")]
    [InlineData("!x")]
    [InlineData("[")]
    [InlineData("[z-a]")]
    [InlineData("{a")]
    [InlineData("../x")]
    [InlineData("a/../b")]
    [InlineData("a\nb")]
    public void What_is_no_glob_is_said(string glob) => Assert.NotNull(PathGlob.Problem(glob));
}
