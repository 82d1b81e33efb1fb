using System.Reflection;
using SwePlatform.Api;
using SwePlatform.AppHost;
using SwePlatform.ServiceDefaults;
using SwePlatform.Tool.CommandLine;
using SwePlatform.Web;
using Xunit;

namespace SwePlatform.Tests.Architecture;

public sealed class TypeNameTests
{
    private static readonly Assembly[] Assemblies =
    [
        typeof(ApiMarker).Assembly,
        typeof(WebMarker).Assembly,
        typeof(SweCommand).Assembly,
        typeof(StartException).Assembly,
        typeof(Extensions).Assembly,
    ];

    // Named for what they change, as "dotnet ef" asks for.
    private const string Migrations = "SwePlatform.Api.Data.Migrations";

    [Fact]
    public void No_two_projects_have_a_type_of_the_same_name() =>
        Assert.Empty(
            Assemblies
                .SelectMany(assembly => assembly.GetTypes())
                .Where(type => !type.IsNested && type.Namespace?.StartsWith("SwePlatform", StringComparison.Ordinal) == true)
                .Where(type => type.Name is not "Program" && !type.Name.StartsWith('<') && type.Namespace != Migrations)
                .GroupBy(type => type.Name)
                .Where(types => types.Select(type => type.Assembly).Distinct().Count() > 1)
                .Select(types => string.Join(", ", types.Select(type => type.FullName)))
        );
}
