// `completion`: a script by which a shell completes the words of this program. Unaware of the words.

using System.CommandLine;
using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Verbs;

/// <summary>Prints the script of a shell; it asks <c>complete</c> for each word.</summary>
public static class CompletionVerb
{
    /// <summary>The word by which scripts ask; the words of the line follow it as they are.</summary>
    public const string Asking = "complete";

    // A colon parts words in bash, and what comes back must begin where its word does.
    private const string Bash = """
        _imagecraft() {
            local line=${COMP_LINE:0:COMP_POINT} last found IFS=$' \t\n'
            local -a words
            read -ra words <<< "$line"
            [[ $line != *[[:space:]] ]] || words+=("")
            last=${words[${#words[@]} - 1]}
            COMPREPLY=()
            while IFS= read -r found; do
                [[ $last != *:* || $COMP_WORDBREAKS != *:* ]] || found=${found#"${last%:*}:"}
                [[ $last != *=* || $COMP_WORDBREAKS != *=* ]] || found=${found#"${last%%=*}="}
                COMPREPLY+=("$found")
            done < <("${words[0]}" complete "${words[@]:1}" 2> /dev/null)
        }
        complete -o default -F _imagecraft ./build.sh build.sh imagecraft

        """;

    private const string Zsh = """
        _imagecraft() {
            local -a found
            found=("${(@f)$("${(Q)words[1]}" complete "${(@Q)words[2,CURRENT]}" 2> /dev/null)}")
            if [[ -n "${found[1]}" ]]; then compadd -a found; else _files; fi
        }
        compdef _imagecraft build.sh imagecraft

        """;

    private const string Fish = """
        function __imagecraft_complete
            set -l words (commandline -opc)
            $words[1] complete $words[2..] (commandline -ct) 2> /dev/null
        end
        complete -c build.sh -a '(__imagecraft_complete)'
        complete -c imagecraft -a '(__imagecraft_complete)'

        """;

    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("completion", "Print a script for bash, zsh or fish that completes verbs, options, boards, recipes and actions", (command, session) =>
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        command.Arguments.Add(shell);
        command.SetAction(parsed =>
        {
            session.Console.Out.Write(parsed.GetValue(shell) switch { "zsh" => Zsh, "fish" => Fish, _ => Bash });
            return ExitCodes.Done;
        });
    });
}
