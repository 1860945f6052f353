// What the parser did not understand, in our words. Unaware of printing.

using System.CommandLine;
using System.CommandLine.Parsing;
using Imagecraft.Metadata.Diagnostics;

namespace Imagecraft.Cli.CommandLine;

/// <summary>Turns parse errors into messages with remedies.</summary>
public static class Misunderstandings
{
    /// <summary>All of them; a value that follows an unknown option is taken as its value and not reported twice.</summary>
    public static IEnumerable<(string Message, string? Hint)> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var isVerb = parsed.CommandResult.Parent is CommandResult;
        var name = isVerb ? $" of `{command.Name}`" : "";
        var help = isVerb ? $"`./build.sh {command.Name} --help` lists what it takes" : "`./build.sh --help` lists the verbs";
        var options = command.Options.SelectMany(o => o.Aliases.Append(o.Name)).Where(n => n.StartsWith('-')).ToList();

        // An argument that takes any number of words also takes misspelled options.
        var taken = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens.Select(t => t.Value));
        var foreign = parsed.UnmatchedTokens.Concat(taken.Where(t => t.StartsWith('-'))).ToList();
        var afterOption = false;
        foreach (var token in foreign)
        {
            var isOption = token.StartsWith('-');
            if (isOption)
                yield return ($"Unknown option `{token.Split('=')[0]}`{name}", Nearest.To(token.Split('=')[0], options) is { } near ? $"Did you mean `{near}`?" : help);
            else if (!afterOption)
                yield return ($"Unexpected argument `{token}`{name}", help);
            afterOption = isOption;
        }

        foreach (var error in foreign.Count > 0 ? [] : parsed.Errors)
            yield return (error.Message.TrimEnd('.').Replace('\'', '`'), help);
    }
}
