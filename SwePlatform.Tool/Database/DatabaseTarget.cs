using System.Text.RegularExpressions;
using Npgsql;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Database;

/// <summary>The database that a command works on: one that <c>DATABASE_URL</c> names, or that of a running platform.</summary>
internal static partial class DatabaseTarget
{
    private const string Variable = Variables.DatabaseUrl;

    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    /// <param name="data">The data folder that was asked for; it goes before the variable.</param>
    public static NpgsqlConnectionStringBuilder Find(string? data)
    {
        var target = data is null && Variables.Read(Variable) is { } address ? Parse(address) : OfRunning(data);
        target.Pooling = false;
        target.CommandTimeout = 0;
        target.ApplicationName = "swe-database";
        return target;
    }

    /// <summary>Reads <c>postgres://…</c>, libpq's <c>host=… dbname=…</c> or Npgsql's <c>Host=…;Database=…</c>.</summary>
    public static NpgsqlConnectionStringBuilder Parse(string address)
    {
        try
        {
            var target =
                Schemes.Any(scheme => address.StartsWith(scheme, StringComparison.Ordinal)) ? FromUrl(new Uri(address))
                : address.Contains(';', StringComparison.Ordinal) ? new NpgsqlConnectionStringBuilder(address)
                : FromPairs(LibpqPair().Matches(address).Select(Unquote));
            return target.Host is null || target.Database is null ? throw new FormatException() : target;
        }
        catch (Exception exception) when (exception is ArgumentException or UriFormatException or FormatException or InvalidCastException)
        {
            // The message must not repeat the address: it has a password in it.
            throw new CommandException(
                $"{Variable} cannot be read. Write postgres://user:password@host:port/database, or host=… port=… dbname=… "
                    + "user=… password=….",
                exception
            );
        }
    }

    private static (string Name, string Value) Unquote(Match pair) =>
        (
            pair.Groups["name"].Value,
            pair.Groups["quoted"] is { Success: true } quoted
                ? quoted.Value.Replace("\\'", "'", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)
                : pair.Groups["value"].Value
        );

    private static NpgsqlConnectionStringBuilder FromUrl(Uri url)
    {
        var user = url.UserInfo.Split(':', 2);
        var query = url
            .Query.TrimStart('?')
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (pair[0], Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "")));
        var target = FromPairs(query);
        if (url.Host.Length > 0)
        {
            target.Host = url.Host;
        }
        target.Port = url.Port > 0 ? url.Port : target.Port;
        target.Database = url.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(url.AbsolutePath[1..]) : target.Database;
        target.Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : target.Username;
        target.Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : target.Password;
        return target;
    }

    private static NpgsqlConnectionStringBuilder FromPairs(IEnumerable<(string Name, string Value)> pairs)
    {
        var target = new NpgsqlConnectionStringBuilder();
        foreach (var (name, value) in pairs)
        {
            target[
                name switch
                {
                    "host" or "hostaddr" => "Host",
                    "port" => "Port",
                    "dbname" => "Database",
                    "user" => "Username",
                    "password" => "Password",
                    "sslmode" => "SSL Mode",
                    "sslrootcert" => "Root Certificate",
                    "sslcert" => "SSL Certificate",
                    "sslkey" => "SSL Key",
                    "connect_timeout" => "Timeout",
                    "application_name" => "Application Name",
                    _ => throw new CommandException(
                        $"{Variable}: there is no parameter {name} here. Known are host, port, dbname, user, password, "
                            + "sslmode, sslrootcert, "
                            + "sslcert, sslkey and connect_timeout."
                    ),
                }
            ] = name == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        return target;
    }

    private static NpgsqlConnectionStringBuilder OfRunning(string? data)
    {
        var folder =
            DataFolderPaths.Find(data)
            ?? throw new CommandException(
                $"There is no checkout of the platform here. Set {Variable}, or name a data folder with --data DIR."
            );
        if (!Directory.Exists(folder))
        {
            throw new CommandException($"There is no data folder {folder}. Set {Variable}, or name the folder with --data DIR.");
        }
        return RunningSystem.Need(folder).Database is { } database
            ? new(database)
            : throw new CommandException($"The platform of {folder} does not say where its database is. Set {Variable}.");
    }

    public static async Task<NpgsqlConnection> OpenAsync(this NpgsqlConnectionStringBuilder target, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(target.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            await connection.DisposeAsync();
            throw new CommandException(
                $"The database {target.Database} at {target.Host}:{target.Port} cannot be reached: {exception.Message}",
                exception
            );
        }
    }

    public static NpgsqlConnectionStringBuilder On(this NpgsqlConnectionStringBuilder target, string database) =>
        new(target.ConnectionString) { Database = database };

    [GeneratedRegex(@"(?<name>[a-z_]+)\s*=\s*(?:'(?<quoted>(?:[^'\\]|\\.)*)'|(?<value>\S*))")]
    private static partial Regex LibpqPair();
}
