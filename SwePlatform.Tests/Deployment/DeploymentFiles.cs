using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using SwePlatform.AppHost.Stores;
using SwePlatform.Tests.Fixtures;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace SwePlatform.Tests.Deployment;

/// <summary>Reads the files below <c>deploy/</c>, and runs the programs that check them.</summary>
internal static class DeploymentFiles
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();

    public static string PathOf(params string[] parts) => Path.Combine([SourceTree.Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    /// <summary>A YAML document as JSON, with anchors and merge keys resolved.</summary>
    public static JsonObject ReadYaml(params string[] parts)
    {
        using var reader = new StringReader(Read(parts));
        var parser = new MergingParser(new Parser(reader));
        parser.Consume<StreamStart>();
        return JsonSerializer.SerializeToNode(Yaml.Deserialize<object>(parser))!.AsObject();
    }

    /// <summary>What azd is told: the model that everything else has to agree with.</summary>
    public static JsonObject Manifest { get; } =
        JsonNode.Parse(Read("SwePlatform.Tests", "AppHost", "manifest.expected.json"))!["resources"]!.AsObject();

    /// <summary>
    /// Settings that the AppHost gives to <paramref name="resource"/>, less what Aspire adds for clients that are not .NET.
    /// Behind the one proxy with TLS, services speak HTTP.
    /// </summary>
    public static IEnumerable<string> SettingsOf(string resource) =>
        Manifest[resource]!["env"]!
            .AsObject()
            .Select(pair => pair.Key)
            .Where(name => name.Contains("__", StringComparison.Ordinal) || name == "HTTP_PORTS")
            .Where(name => !name.Contains("__https__", StringComparison.Ordinal));

    public static bool Has(string program) => Find(program) is not null;

    public static void SkipWithout(string program) => Assert.SkipUnless(Has(program), $"{program} is not installed here.");

    /// <summary>Runs <paramref name="program"/> and expects it to succeed.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = SourceTree.Root };
        var outcome = await ExternalProgram.RunAsync(start, TestContext.Current.CancellationToken);
        Assert.True(outcome.Succeeded, $"{program} {string.Join(' ', arguments)}: {outcome.Output}");
        return outcome.Output;
    }

    /// <summary>The secrets that the script makes, in a folder of the caller's.</summary>
    public static Task MakeSecretsAsync(string folder) => RunAsync(PathOf("deploy", "compose", "make-secrets.sh"), folder);

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
