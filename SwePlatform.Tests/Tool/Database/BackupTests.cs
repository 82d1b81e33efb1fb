using Npgsql;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using SwePlatform.Tool;
using SwePlatform.Tool.Database;
using SwePlatform.Tool.Database.Backups;
using Xunit;

namespace SwePlatform.Tests.Tool.Database;

/// <summary>What scripts/db/backup and scripts/db/restore do.</summary>
public sealed class BackupTests(Platform platform) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("swe-backups-");
    private readonly StringWriter _output = new();
    private OwnDatabase _database = null!;
    private NpgsqlConnectionStringBuilder _address = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await OwnDatabase.CreateAsync(platform);
        _address = new(_database.Address.ConnectionString) { Pooling = false };
        await using var connection = await _database.Source.OpenConnectionAsync(Cancel);
        try
        {
            await PostgresProgram.FindAsync("pg_dump", connection.PostgreSqlVersion.Major);
        }
        catch (CommandException exception)
        {
            Assert.Skip(exception.Message);
        }
        await _database.ExecuteAsync(
            """
            CREATE TABLE performance.samples (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, at timestamptz, value float8, bytes bytea,
                "odd ""name" text[]);
            INSERT INTO performance.samples (name, at, value, bytes, "odd ""name")
            SELECT CASE WHEN g % 3 > 0 THEN 'sample ' || g END, now() + g * interval '1 second', g / 7.0,
                sha256(g::text::bytea), ARRAY[g::text, NULL, 'ä']
            FROM generate_series(1, 1000) AS g
            """
        );
        await _database.Audit.AppendAsync([.. Enumerable.Range(0, 5).Select(Entry)], Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _output.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_is_restored_into_a_new_database_is_the_same()
    {
        var file = await BackUpAsync();
        var manifest = await BackupFile.ReadManifestAsync(file, Cancel);
        var copy = $"{_address.Database}_copy";

        Assert.Equal(0, await RestoreAsync(file, new(copy, Verify: true, Force: false, Drill: false)));

        Assert.Contains("are the same, by count and checksum", _output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("_Outcomes", manifest.Migration, StringComparison.Ordinal);
        Assert.Equal(1000, manifest.Contents.Tables.Single(table => table.Name == "performance.samples").Rows);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        await using var restored = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_address.ConnectionString) { Database = copy }
        );
        await using var insert = restored.CreateCommand("INSERT INTO performance.samples (name) VALUES ('next') RETURNING id");
        Assert.Equal(1001L, await insert.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task A_value_that_differs_is_noticed_though_the_numbers_of_rows_are_the_same()
    {
        await using var connection = await _database.Source.OpenConnectionAsync(Cancel);
        var before = await DatabaseContents.ReadAsync(connection, Cancel);
        await _database.ExecuteAsync("UPDATE performance.samples SET value = value + 1e-9 WHERE id = 500");

        var after = await DatabaseContents.ReadAsync(connection, Cancel);

        Assert.Equal(["performance.samples has the right number of rows, but other contents"], before.DifferencesTo(after));
        await _database.ExecuteAsync("DROP TRIGGER append_only_whole ON audit.audit_log");
        Assert.Contains(
            before.DifferencesTo(await DatabaseContents.ReadAsync(connection, Cancel)),
            line => line.EndsWith("triggers instead of " + before.Objects["triggers"], StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_database_with_tables_is_replaced_only_by_force_and_then_kept()
    {
        var file = await BackUpAsync();
        await _database.ExecuteAsync("DELETE FROM performance.samples");

        var refused = await Assert.ThrowsAsync<CommandException>(() =>
            RestoreAsync(file, new(_address.Database, Verify: false, Force: false, Drill: false))
        );
        Assert.Contains("--force", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await RestoreAsync(file, new(_address.Database, Verify: false, Force: true, Drill: false)));

        await using var connection = await _address.OpenAsync(Cancel);
        await using var count = new NpgsqlCommand("SELECT count(*) FROM performance.samples", connection);
        Assert.Equal(1000L, await count.ExecuteScalarAsync(Cancel));
        await using var old = new NpgsqlCommand("SELECT count(*) FROM pg_database WHERE datname LIKE $1", connection)
        {
            Parameters = { new() { Value = "%" + _address.Database![^12..] + "_before_%" } },
        };
        Assert.Equal(1L, await old.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task A_drill_leaves_no_database_behind()
    {
        var file = await BackUpAsync();

        Assert.Equal(0, await RestoreAsync(file, new(null, Verify: false, Force: false, Drill: true)));

        Assert.Contains("The drill succeeded", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, false, "is not what the manifest says")]
    [InlineData(0.5, true, "is not a complete backup")]
    [InlineData(0.0, true, "it has no manifest")]
    public async Task A_damaged_backup_is_refused_before_anything_is_made(double place, bool cut, string message)
    {
        var bytes = await File.ReadAllBytesAsync(await BackUpAsync(), Cancel);
        var at = (int)(bytes.Length * place);
        bytes[at] ^= 1;
        var damaged = Path.Combine(_folder.FullName, "damaged.swebackup");
        await File.WriteAllBytesAsync(damaged, cut ? bytes[..at] : bytes, Cancel);

        var refused = await Assert.ThrowsAsync<CommandException>(() =>
            RestoreAsync(damaged, new(null, Verify: false, Force: false, Drill: true))
        );

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_newest_stay_and_what_cannot_be_read_neither_counts_nor_goes()
    {
        var broken = Path.Combine(_folder.FullName, "broken.swebackup");
        await File.WriteAllTextAsync(broken, "not a backup", Cancel);
        var first = await BackUpAsync();

        var second = await BackUpAsync(keep: 2);
        var third = await BackUpAsync(keep: 2);

        Assert.Equal(new[] { broken, second, third }.Order(), Directory.GetFiles(_folder.FullName).Order());
        Assert.False(File.Exists(first));
        Assert.Contains("Skipped: ", _output.ToString(), StringComparison.Ordinal);
    }

    private async Task<string> BackUpAsync(int? keep = null)
    {
        var before = Directory.GetFiles(_folder.FullName);
        Assert.Equal(0, await new BackupCommand(_output).RunAsync(_address, _folder.FullName, keep, Cancel));
        return Directory.GetFiles(_folder.FullName).Except(before).Single();
    }

    private Task<int> RestoreAsync(string file, RestoreOptions options) =>
        new RestoreCommand(_output).RunAsync(_address, file, options, Cancel);

    private static AuditEntry Entry(int number) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            Timestamp = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(number),
            EventType = "test.event",
            Outcome = AuditOutcome.Success,
        };
}
