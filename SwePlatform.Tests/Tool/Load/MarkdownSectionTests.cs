using SwePlatform.Tool;
using SwePlatform.Tool.Load.Baseline;
using Xunit;

namespace SwePlatform.Tests.Tool.Load;

public sealed class MarkdownSectionTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"{Guid.CreateVersion7():N}.md");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_what_is_between_the_marks_is_replaced()
    {
        await File.WriteAllTextAsync(_file, "before\n<!-- baseline:begin -->\nold\n<!-- baseline:end -->\nafter\n", Cancel);

        await MarkdownSection.ReplaceAsync(_file, "new\n");
        await MarkdownSection.ReplaceAsync(_file, "newer\n");

        Assert.Equal("before\n<!-- baseline:begin -->\nnewer\n<!-- baseline:end -->\nafter\n", await File.ReadAllTextAsync(_file, Cancel));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_made()
    {
        await MarkdownSection.ReplaceAsync(_file, "figures");

        Assert.Contains(
            "<!-- baseline:begin -->\nfigures\n<!-- baseline:end -->",
            await File.ReadAllTextAsync(_file, Cancel),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_file_without_marks_is_left_alone()
    {
        await File.WriteAllTextAsync(_file, "text", Cancel);

        Assert.Contains(
            "needs the lines",
            Assert.Throws<CommandException>(() => MarkdownSection.Check(_file)).Message,
            StringComparison.Ordinal
        );
    }

    public void Dispose() => File.Delete(_file);
}
