// What commands of foreign recipes do that steps of recipes cannot. Pure.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing;

/// <summary>Looks at shell that was translated.</summary>
internal static partial class ShellLimits
{
    /// <summary>Why a command cannot stand in a step; null: it can.</summary>
    public static Reason? Problem(string shell) =>
        Owners().Match(shell) is { Success: true } owner ? new($"`{owner.Groups["command"].Value}` needs root, and nothing is built as root", "Say it by `attributes:` of the package, or by `folders:` of the recipe (docs/services.md)")
        : Network().Match(shell) is { Success: true } network ? new($"`{network.Groups["command"].Value}` needs a network, and no step has one", "Make what it fetches a source of the recipe")
        : Bash().Match(shell) is { Success: true } bash ? new($"`{bash.Value.Trim()}` is Bash, and steps are plain shell", "Write the step by hand, in words of POSIX")
        : null;

    // Braces that stand for several words, double brackets and parentheses, strings in place, both outputs at once, parts and changes of variables, lists.
    [GeneratedRegex(@"(?<![$\{])\{[^{}\s'""]*,[^{}\s'""]*\}|(^|\s)\[\[\s|<<<|&>|(?<!\$)\(\(|(^|\s)(pushd|popd|source|function|declare|local -[aA])\s|\$\{[A-Za-z_][A-Za-z0-9_]*(//?[^}]|:\d|,,|\^\^)[^}]*\}|(^|\s)[A-Za-z_][A-Za-z0-9_]*\+?=\([^)]|(^|[\s=])\$'", RegexOptions.Multiline)]
    private static partial Regex Bash();

    [GeneratedRegex(@"(^|[;&|(]\s*|\bthen\s+|\bdo\s+)(?<command>chown|chgrp|mknod|setcap)\s|\binstall\b[^;&|]*\s(?<command>-[og])\s", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Owners();

    [GeneratedRegex(@"(^|[;&|(]\s*)(?<command>wget|curl|git\s+clone|pip3?\s+install|npm\s+install)\s", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Network();
}
