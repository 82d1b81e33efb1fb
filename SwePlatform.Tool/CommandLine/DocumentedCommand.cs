using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SwePlatform.Tool.CommandLine;

/// <summary>A command whose help shows how it is used.</summary>
/// <param name="examples">Whole command lines, the most common one first.</param>
internal sealed class DocumentedCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}

/// <summary>The library's help, and examples below it.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var result = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is DocumentedCommand { Examples: { Count: > 0 } examples })
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in examples)
            {
                output.WriteLine($"  {example}");
            }
            output.WriteLine();
        }
        return result;
    }
}

internal static class CommandPath
{
    /// <summary>Such as <c>swe database restore</c>.</summary>
    public static string Of(Command command) =>
        string.Join(' ', command.Parents.OfType<Command>().Take(1).Select(Of).Append(command is RootCommand ? "swe" : command.Name));
}
