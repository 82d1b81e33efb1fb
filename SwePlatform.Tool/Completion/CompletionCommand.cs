using System.CommandLine;
using SwePlatform.Tool.CommandLine;

namespace SwePlatform.Tool.Completion;

/// <summary>The command <c>completion</c>: prints a script that has a shell ask this program how to go on.</summary>
internal static class CompletionCommand
{
    // The directive [suggest:N] comes with System.CommandLine: it prints what fits at the N-th character of a command line.
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            # Load it with: source <(swe completion bash)
            _swe_complete() {
                local IFS=$'\n' found
                found=$(swe "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
                COMPREPLY=($(compgen -W "$found" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _swe_complete swe
            """,
        ["zsh"] = """
            #compdef swe
            # Load it with: source <(swe completion zsh)
            _swe() {
                local line="${words[*]}"
                local -a candidates
                candidates=("${(@f)$(swe "[suggest:${#line}]" "$line" 2>/dev/null)}")
                compadd -- "${candidates[@]}"
            }
            compdef _swe swe
            """,
        ["fish"] = """
            # Load it with: swe completion fish | source
            function __swe_complete
                set -l line (commandline -cp)
                swe "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c swe -f -a "(__swe_complete)"
            """,
        ["pwsh"] = """
            # Load it with: swe completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName swe -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                $line = $commandAst.ToString().PadRight($cursorPosition)
                swe "[suggest:$cursorPosition]" "$line" 2>$null | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """,
    };

    public static Command Define()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh" };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        return new DocumentedCommand(
            "completion",
            "Prints a script for a shell that completes commands and options of swe",
            "source <(swe completion bash)",
            "swe completion zsh > ~/.zfunc/_swe",
            "swe completion fish > ~/.config/fish/completions/swe.fish",
            "swe completion pwsh | Out-String | Invoke-Expression"
        )
        {
            shell,
        }.Runs(
            async (parsed, _) =>
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync(Scripts[parsed.GetValue(shell)!]);
                return 0;
            }
        );
    }
}
