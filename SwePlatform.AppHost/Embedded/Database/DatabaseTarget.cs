using System.Text.RegularExpressions;
using Npgsql;
using SwePlatform.AppHost.Embedded.Postgres;

namespace SwePlatform.AppHost.Embedded.Database;

/// <summary>The database that a command works on: one that <c>DATABASE_URL</c> names, or that of an embedded instance.</summary>
internal static partial class DatabaseTarget
{
    public const string Variable = "DATABASE_URL";

    private const int PortLine = 3;

    /// <param name="data">The data folder that was asked for; it goes before the variable.</param>
    public static NpgsqlConnectionStringBuilder Find(string? data)
    {
        var target = data is null && Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } address
            ? Parse(address)
            : OfEmbedded(Path.GetFullPath(data ?? Path.Combine(Repository.Find().Root, ".data")));
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
            var target = address.StartsWith("postgres://", StringComparison.Ordinal) || address.StartsWith("postgresql://", StringComparison.Ordinal)
                ? FromUrl(new Uri(address))
                : address.Contains(';', StringComparison.Ordinal) ? new NpgsqlConnectionStringBuilder(address)
                : FromPairs(LibpqPair().Matches(address).Select(Unquote));
            return target.Host is null || target.Database is null ? throw new FormatException() : target;
        }
        catch (Exception exception) when (exception is ArgumentException or UriFormatException or FormatException or InvalidCastException)
        {
            // The message must not repeat the address: it has a password in it.
            throw new HostException($"{Variable} cannot be read. Write postgres://user:password@host:port/database, or host=… port=… dbname=… user=… password=….", exception);
        }
    }

    private static (string Name, string Value) Unquote(Match pair) => (pair.Groups["name"].Value, pair.Groups["quoted"] is { Success: true } quoted
        ? quoted.Value.Replace("\\'", "'", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal) : pair.Groups["value"].Value);

    private static NpgsqlConnectionStringBuilder FromUrl(Uri url)
    {
        var user = url.UserInfo.Split(':', 2);
        var query = url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "")));
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
            target[name switch
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
                _ => throw new HostException($"{Variable}: there is no parameter {name} here. Known are host, port, dbname, user, password, sslmode, sslrootcert, sslcert, sslkey and connect_timeout."),
            }] = name == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        return target;
    }

    private static NpgsqlConnectionStringBuilder OfEmbedded(string data)
    {
        if (!Directory.Exists(data))
        {
            throw new HostException($"There is no data folder {data}. Set {Variable}, or name the folder with --data DIR.");
        }
        var pointer = Path.Combine(data, "postgres-location");
        var cluster = Path.Combine(File.Exists(pointer) ? File.ReadAllText(pointer).Trim() : Path.Combine(data, "postgres"), "cluster");
        var password = Path.Combine(data, "secrets", "postgres-password");
        if (Postmaster.Read(cluster) is not { } server || !server.IsRunning())
        {
            throw new HostException($"The database of {data} is not running. Start it with: ./run.sh --data {data}");
        }
        return new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = int.Parse(File.ReadLines(Postmaster.LockFile(cluster)).ElementAt(PortLine), System.Globalization.CultureInfo.InvariantCulture),
            Database = PostgresServer.Database,
            Username = PostgresServer.Superuser,
            Password = File.ReadAllText(password).Trim(),
        };
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
            throw new HostException($"The database {target.Database} at {target.Host}:{target.Port} cannot be reached: {exception.Message}", exception);
        }
    }

    public static NpgsqlConnectionStringBuilder On(this NpgsqlConnectionStringBuilder target, string database) => new(target.ConnectionString) { Database = database };

    [GeneratedRegex(@"(?<name>[a-z_]+)\s*=\s*(?:'(?<quoted>(?:[^'\\]|\\.)*)'|(?<value>\S*))")]
    private static partial Regex LibpqPair();
}
