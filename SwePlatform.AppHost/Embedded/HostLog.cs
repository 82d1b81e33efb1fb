namespace SwePlatform.AppHost.Embedded;

/// <summary>Writes the lines of all parts of the system to one output, each with the name of its part before it.</summary>
internal sealed class HostLog(TextWriter output, bool colors)
{
    private const string Reset = "\e[0m";
    private const int NameWidth = 8;

    private readonly Lock _gate = new();

    /// <summary>Colours are for people at a terminal who did not opt out (https://no-color.org).</summary>
    public static bool TerminalWantsColors =>
        !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Writes a line of the host itself.</summary>
    public void Host(string line) => Write("host", line);

    /// <summary>Writes a line of the part called <paramref name="name"/>.</summary>
    public void Write(string name, string line)
    {
        var prefix = $"{name.PadRight(NameWidth)} |";
        WriteLine(colors ? $"{ColorOf(name)}{prefix}{Reset} {line}" : $"{prefix} {line}");
    }

    /// <summary>Writes a line without name and colour: scripts look for its beginning, at a terminal too.</summary>
    public void Announce(string line) => WriteLine(line);

    private void WriteLine(string line)
    {
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    private static string ColorOf(string name) => name switch
    {
        "api" => "\e[36m",
        "web" => "\e[35m",
        "postgres" => "\e[34m",
        "garnet" => "\e[33m",
        _ => "\e[32m",
    };
}
