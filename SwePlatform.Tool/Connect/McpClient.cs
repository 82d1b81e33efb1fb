using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Connect;

/// <summary>A program that talks MCP, and where it wants to be told of servers.</summary>
/// <param name="Title">What its makers call it.</param>
/// <param name="Servers">The member, or the table, that holds the servers.</param>
/// <param name="Local">The file in a project's folder.</param>
/// <param name="Global">The file for all projects of this user.</param>
/// <param name="Next">What its user does next.</param>
internal sealed record McpClient(string Name, string Title, string Servers, string Local, Func<string> Global, string Next)
{
    public static IReadOnlyList<McpClient> All { get; } =
    [
        new(
            "claude-code",
            "Claude Code",
            "mcpServers",
            ".mcp.json",
            ClaudeCodeFile,
            "Start claude there, approve the server if you are asked, and look at /mcp."
        ),
        new(
            "vscode",
            "VS Code",
            "servers",
            Path.Combine(".vscode", "mcp.json"),
            VisualStudioCodeFile,
            "Run 'MCP: List Servers' in VS Code, and start the server."
        ),
        new(
            "cursor",
            "Cursor",
            "mcpServers",
            Path.Combine(".cursor", "mcp.json"),
            () => Path.Combine(UserFolders.Home, ".cursor", "mcp.json"),
            "Open Cursor's settings under MCP, and turn the server on."
        ),
        new(
            "codex",
            "Codex",
            "mcp_servers",
            Path.Combine(".codex", "config.toml"),
            CodexFile,
            "Start codex, and look at /mcp. A project's own configuration counts only in projects that Codex trusts."
        ),
    ];

    public bool IsToml => Name == "codex";

    /// <summary>Codex is usually configured for all projects at once, the others for one.</summary>
    public bool IsGlobalByDefault => Name == "codex";

    private static string ClaudeCodeFile() => Path.Combine(Variables.Read("CLAUDE_CONFIG_DIR") ?? UserFolders.Home, ".claude.json");

    private static string CodexFile() =>
        Path.Combine(Variables.Read("CODEX_HOME") ?? Path.Combine(UserFolders.Home, ".codex"), "config.toml");

    private static string VisualStudioCodeFile() =>
        Path.Combine(
            OperatingSystem.IsMacOS() ? Path.Combine(UserFolders.Home, "Library", "Application Support") : UserFolders.Configuration,
            "Code",
            "User",
            "mcp.json"
        );
}
