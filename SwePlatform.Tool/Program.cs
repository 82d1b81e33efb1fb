using System.Text;
using SwePlatform.Tool.CommandLine;

namespace SwePlatform.Tool;

internal static class Program
{
    public static Task<int> Main(string[] arguments)
    {
        // Not Console.Out: that one sends a terminal control sequences before the first line. No byte order mark either.
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true });
        return SweCommand.RunAsync(arguments, output, Console.Error);
    }
}
