using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace SwePlatform.Api.Features.Executions;

/// <summary>What queries of executions say in SQL only.</summary>
internal static class ExecutionSql
{
    private static readonly StringTypeMapping Text = new("text", System.Data.DbType.String);

    /// <summary>The beginning of a JSON column, so that a list need not read megabytes of arguments.</summary>
    public static string Start(string json, int characters) => throw new NotSupportedException("Only within a query.");

    public static void Map(IMutableModel model) =>
        model.AddDbFunction(typeof(ExecutionSql).GetMethod(nameof(Start))!).Translation = arguments => new SqlFunctionExpression(
            "left",
            [new SqlUnaryExpression(ExpressionType.Convert, arguments[0], typeof(string), Text), arguments[1]],
            nullable: true,
            argumentsPropagateNullability: [true, true],
            typeof(string),
            Text
        );
}
