using System.ComponentModel.DataAnnotations;
using Npgsql;

namespace SwePlatform.Api.Data;

/// <summary>
/// The connection pool, in the usual terms (size, overflow, recycling), and how each is expressed with Npgsql.
/// Bound from the section <c>Database</c>.
/// </summary>
public sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>Connections kept open (<c>pool_size</c>): the minimum size of the pool.</summary>
    [Range(0, 1000)]
    public int PoolSize { get; set; } = 20;

    /// <summary>Connections beyond <see cref="PoolSize"/> under load (<c>max_overflow</c>).</summary>
    [Range(0, 1000)]
    public int MaxOverflow { get; set; } = 40;

    /// <summary>Seconds after which a connection is replaced by a new one (<c>pool_recycle</c>).</summary>
    [Range(0, 86_400)]
    public int PoolRecycleSeconds { get; set; } = 3600;

    /// <summary>Seconds an idle connection beyond <see cref="PoolSize"/> is kept (<c>idleTimeoutMillis</c>).</summary>
    [Range(1, 3600)]
    public int IdleTimeoutSeconds { get; set; } = 30;

    /// <summary>Seconds to wait for a connection before the request fails (<c>connectionTimeoutMillis</c>).</summary>
    [Range(1, 60)]
    public int ConnectionTimeoutSeconds { get; set; } = 2;

    /// <summary>
    /// Notice dead connections (<c>pool_pre_ping</c>). Npgsql has no ping on checkout: TCP keep-alive finds
    /// connections whose server is gone, and a command that fails on one is retried on a fresh one.
    /// </summary>
    public bool PoolPrePing { get; set; } = true;

    /// <summary>Seconds after which a query is cancelled.</summary>
    [Range(1, 3600)]
    public int CommandTimeoutSeconds { get; set; } = 30;

    public string Apply(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = true,
            MinPoolSize = PoolSize,
            // The migrator needs two at once, and what runs beside it one more.
            MaxPoolSize = Math.Max(4, PoolSize + MaxOverflow),
            ConnectionLifetime = PoolRecycleSeconds,
            ConnectionIdleLifetime = IdleTimeoutSeconds,
            ConnectionPruningInterval = Math.Min(10, IdleTimeoutSeconds),
            Timeout = ConnectionTimeoutSeconds,
            CommandTimeout = CommandTimeoutSeconds,
            TcpKeepAlive = PoolPrePing,
            // Not automatically: after an error in a batch a statement may count as prepared without a description of its columns, and
            // the next who uses it on that connection gets a row without fields. What is worth it is prepared where it is used.
            MaxAutoPrepare = 0,
            ApplicationName = "swe-api",
            // An error detail may carry row values.
            IncludeErrorDetail = false,
        }.ConnectionString;
}
