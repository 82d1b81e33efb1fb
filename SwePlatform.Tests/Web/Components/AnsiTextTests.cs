using SwePlatform.Web.Components.Shared;
using Xunit;

namespace SwePlatform.Tests.Web.Components;

/// <summary>What programs print for terminals.</summary>
public sealed class AnsiTextTests
{
    [Fact]
    public void Colours_become_styles_and_everything_else_that_only_a_terminal_knows_is_left_out() =>
        Assert.Equal(
            [new("plain ", ""), new("red", "ansi-1 ansi-bold"), new(" plain\ttitle <b>", "")],
            new AnsiText().Read("plain \u001b[1;31mred\u001b[0m\u001b[2K\u001b[38;5;196m plain\ttitle\u001b]0;window\a\u0000 <b>")
        );

    [Fact]
    public void A_colour_goes_on_over_pieces_that_cut_its_sequence_in_two()
    {
        var text = new AnsiText();

        Assert.Equal([new("a", "")], text.Read("a\u001b[3"));
        Assert.Equal([new("green", "ansi-2")], text.Read("2mgreen"));
        Assert.Equal([new("still", "ansi-2")], text.Read("still\u001b"));
    }

    [Fact]
    public void A_progress_bar_is_lines_and_the_end_of_a_line_is_one() =>
        Assert.Equal("1 %\n2 %\nend\n", string.Concat(new AnsiText().Read("1 %\r2 %\r\nend\n").Select(span => span.Text)));

    [Fact]
    public void What_never_ends_is_not_waited_for()
    {
        var text = new AnsiText();

        var shown = string.Concat(text.Read("\u001b[" + new string('1', 1000) + "x").Select(span => span.Text));
        Assert.EndsWith("x", shown, StringComparison.Ordinal);
        Assert.Equal("after", string.Concat(text.Read("after").Select(span => span.Text)));
    }
}
