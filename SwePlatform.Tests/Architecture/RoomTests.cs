using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using SwePlatform.Api;
using Xunit;

namespace SwePlatform.Tests.Architecture;

/// <summary>Which part of the API may know which, read from the compiled assembly.</summary>
public sealed class RoomTests
{
    private const string Root = "SwePlatform.Api";
    private const string Features = "Features";

    /// <summary>What each room outside the features may know.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Infrastructure"] = [],
        ["Repositories"] = ["Infrastructure"],
        ["Sandbox"] = ["Infrastructure", "Repositories"],
        ["Data"] = ["Infrastructure"],
        ["Toolbox"] = ["Infrastructure", "Repositories", "Sandbox"],
    };

    private static readonly ArchUnitNET.Domain.Architecture Api = new ArchLoader().LoadAssemblies(typeof(ApiMarker).Assembly).Build();

    // From a room to another, with the types that make it so.
    private static readonly ILookup<(string From, string To), string> Edges = Api
        .Types.SelectMany(type => type.Dependencies)
        // A type parameter is in whichever room was read first.
        .Where(dependency => dependency.Target is not GenericParameter)
        .Select(dependency =>
            (From: Room(dependency.Origin), To: Room(dependency.Target), Why: $"{dependency.Origin.Name} → {dependency.Target.Name}")
        )
        .Where(edge => edge.From is not null && edge.To is not null && edge.From != edge.To)
        .ToLookup(edge => (edge.From!, edge.To!), edge => edge.Why);

    [Fact]
    public void Every_room_knows_only_those_below_it()
    {
        var wrong = Edges.Where(edge =>
            Allowed.TryGetValue(Floor(edge.Key.From), out var allowed)
            && Floor(edge.Key.From) != Floor(edge.Key.To)
            && !allowed.Contains(Floor(edge.Key.To))
        );

        Assert.True(!wrong.Any(), string.Join('\n', wrong.Select(Describe)));
        // All are there, under these names.
        Assert.All(Allowed.Keys, room => Assert.Contains(Api.Types, type => Room(type) is { } name && Floor(name) == room));
    }

    [Fact]
    public void No_feature_needs_one_that_needs_it()
    {
        var needs = Edges
            .Where(edge => Floor(edge.Key.From) == Features && Floor(edge.Key.To) == Features)
            .ToLookup(edge => edge.Key.From, edge => edge.Key.To);
        List<string> circles = [];
        foreach (var start in needs.Select(feature => feature.Key))
        {
            var (seen, open) = (new HashSet<string>(), new Stack<string>(needs[start]));
            while (open.TryPop(out var room))
            {
                if (room == start)
                {
                    var direct = needs[start].Where(other => needs[other].Contains(start));
                    var why = direct.SelectMany(other => Edges[(start, other)].Concat(Edges[(other, start)])).Distinct().Take(12);
                    circles.Add($"{start} ⇄ {string.Join(", ", direct)}: {string.Join("; ", why)}");
                    break;
                }
                if (seen.Add(room))
                {
                    foreach (var next in needs[room])
                    {
                        open.Push(next);
                    }
                }
            }
        }

        Assert.True(circles.Count == 0, string.Join('\n', circles));
    }

    [Fact]
    public void Only_features_and_the_infrastructure_touch_HTTP()
    {
        var wrong = Api
            .Types.Where(type => Room(type) is { } room && Floor(room) is not (Features or "Infrastructure"))
            .SelectMany(type => type.Dependencies)
            .Where(dependency => dependency.Target.FullName.StartsWith("Microsoft.AspNetCore.Http.", StringComparison.Ordinal))
            .Select(dependency => $"{dependency.Origin.FullName} → {dependency.Target.FullName}");

        Assert.True(!wrong.Any(), string.Join('\n', wrong.Distinct()));
    }

    // "Features/Audit", "Infrastructure"; null for what is in no room, such as Program.
    private static string? Room(IType type)
    {
        var name = type.Namespace?.FullName ?? "";
        if (!name.StartsWith(Root + ".", StringComparison.Ordinal))
        {
            return null;
        }
        var parts = name[(Root.Length + 1)..].Split('.');
        return parts[0] == Features ? $"{Features}/{parts[1]}" : parts[0];
    }

    private static string Floor(string room) => room.Split('/')[0];

    private static string Describe(IGrouping<(string From, string To), string> edge) =>
        $"{edge.Key.From} → {edge.Key.To}: {string.Join("; ", edge.Distinct().Take(8))}";
}
