using System.Diagnostics;
using SwePlatform.Tool;
using SwePlatform.Tool.Database;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Processes;
using Xunit;

namespace SwePlatform.Tests.Tool.Database;

public sealed class DatabaseScriptTests
{
    private static readonly string Scripts = Path.Combine(Checkout.Find().Root, "scripts");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("performance/optimize-database.sh", "--help", 0, "DATABASE_URL")]
    [InlineData("performance/optimize-database.sh", "reindex", 2, "analyze, slow-queries, indexes, bloat or vacuum")]
    [InlineData("db/backup", "--help", 0, "--keep N")]
    [InlineData("db/restore", "--help", 0, "--verify")]
    [InlineData("db/schedule", "--help", 0, "--print")]
    [InlineData("db/schedule", "--at 24:00", 2, "24:00 is no time of day")]
    [InlineData("db/schedule", "--keep 0", 2, "0 is not a positive number")]
    [InlineData("db/schedule", "--output /a%b --print", 2, "crontab and systemd")]
    [InlineData("db/schedule", "--daily", 2, "no option --daily")]
    public async Task Each_script_explains_itself(string script, string arguments, int exitCode, string text)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "These are shell scripts.");

        var outcome = await CapturedProgram.RunAsync(new ProcessStartInfo(Path.Combine(Scripts, script), arguments.Split(' ')), Cancel);

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(text, outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cron", "5 4 * * * PATH=")]
    [InlineData("--systemd", "OnCalendar=*-*-* 04:05:00")]
    public async Task The_schedule_shows_what_it_would_install(string how, string text)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "These are shell scripts.");

        var outcome = await CapturedProgram.RunAsync(
            new ProcessStartInfo(
                Path.Combine(Scripts, "db", "schedule"),
                ["--print", how, "--at", "04:05", "--keep", "3", "--output", "/srv/backups"]
            ),
            Cancel
        );

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains(text, outcome.Output, StringComparison.Ordinal);
        Assert.Contains("--output /srv/backups --keep 3", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://ada:p%40ss%2Fword@db.example:6432/swe?sslmode=verify-full")]
    [InlineData("postgresql://db.example:6432/swe?user=ada&password=p%40ss%2Fword&sslmode=verify-full")]
    [InlineData("host=db.example port=6432 dbname=swe user=ada password='p@ss/word' sslmode=verify-full")]
    [InlineData("Host=db.example;Port=6432;Database=swe;Username=ada;Password=p@ss/word;SSL Mode=VerifyFull")]
    public void An_address_can_be_written_in_every_usual_way(string address)
    {
        var target = DatabaseTarget.Parse(address);

        Assert.Equal(
            ("db.example", 6432, "swe", "ada", "p@ss/word", Npgsql.SslMode.VerifyFull),
            (target.Host, target.Port, target.Database, target.Username, target.Password, target.SslMode)
        );
    }

    [Theory]
    [InlineData("somewhere secret")]
    [InlineData("postgres://ada:secret@:port/db")]
    [InlineData("host=x dbname=y password=secret colour=red")]
    [InlineData("host=x port=many dbname=y password=secret")]
    public void What_is_no_address_is_refused_without_repeating_its_password(string address)
    {
        var refused = Assert.Throws<CommandException>(() => DatabaseTarget.Parse(address));

        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }
}
