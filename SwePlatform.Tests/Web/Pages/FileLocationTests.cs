using SwePlatform.Web.Components.Pages.Projects.Files;
using SwePlatform.Web.Components.Pages.Tools.Results;
using Xunit;

namespace SwePlatform.Tests.Web.Pages;

/// <summary>Addresses of the code browser.</summary>
public sealed class FileLocationTests
{
    private static readonly Guid Project = Guid.CreateVersion7();

    [Theory]
    [InlineData("main", "")]
    [InlineData("feature/deep/topic", "src/a.cs")]
    [InlineData("workspace:bench", "a b?#%&.txt")]
    [InlineData("main", "%2F/<script>alert(1)<")]
    [InlineData("v1.0", "new\nline/quote\"'")]
    [InlineData("main", "javascript:alert(1)")]
    public void An_address_leads_back_to_its_place(string reference, string path)
    {
        var place = new FileLocation(Project, reference, path, new LineRange(65, 70));

        var found = FileLocation.Parse(new Uri(new Uri("http://localhost"), place.Address));

        Assert.Equal(place, found);
        Assert.StartsWith("/projects/", place.Address);
    }

    [Theory]
    [InlineData("#L65", 65, 65)]
    [InlineData("#L65-L70", 65, 70)]
    [InlineData("#L70-L65", 65, 70)]
    public void A_fragment_names_lines(string fragment, int first, int last) =>
        Assert.Equal(new LineRange(first, last), FileLocation.ParseLines(fragment));

    [Theory]
    [InlineData("")]
    [InlineData("#L")]
    [InlineData("#L0")]
    [InlineData("#L-1")]
    [InlineData("#L5-")]
    [InlineData("#doc-x")]
    [InlineData("#L99999999999")]
    public void Another_fragment_names_none(string fragment) => Assert.Null(FileLocation.ParseLines(fragment));

    [Fact]
    public void Places_in_a_stack_are_found_and_those_outside_of_the_repository_are_not()
    {
        const string stack = """
               at A.B() in /workspace/src/A.cs:line 12
              File "tests/test_a.py", line 7, in test
                at main (lib/a.js:3:14)
                at (/usr/lib/node.js:9:1) ../x.cs:4 https://example.com:80
            """;

        var places = StackText.Split(stack).Where(part => part.Path is not null).Select(part => $"{part.Path} {part.Line}");

        Assert.Equal(["src/A.cs 12", "tests/test_a.py 7", "lib/a.js 3"], places);
        Assert.Equal(stack, string.Concat(StackText.Split(stack).Select(part => part.Text)));
    }
}
