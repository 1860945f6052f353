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
        // A verb of a verb (`cache gc`) is told with it.
        var verb = string.Join(' ', Path(parsed.CommandResult).Skip(1));
        var isVerb = verb.Length > 0;
        var name = isVerb ? $" of `{verb}`" : "";
        var help = isVerb ? $"`./build.sh {verb} --help` lists what it takes" : "`./build.sh --help` lists the verbs";
        var options = command.Options.SelectMany(o => o.Aliases.Append(o.Name)).Where(n => n.StartsWith('-')).ToList();

        // An argument that takes any number of words also takes misspelled options.
        // What follows two dashes is meant as it is.
        var meant = parsed.Tokens.SkipWhile(t => t.Type != TokenType.DoubleDash).Select(t => t.Value).ToHashSet();
        var taken = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens.Select(t => t.Value));
        var foreign = parsed.UnmatchedTokens.Concat(taken.Where(t => t.StartsWith('-') && !meant.Contains(t))).ToList();
        var afterOption = false;
        foreach (var token in foreign)
        {
            var isOption = token.StartsWith('-');
            if (isOption)
                yield return ($"Unknown option `{token.Split('=')[0]}`{name}", Nearest.To(token.Split('=')[0], options) is { } near ? $"Did you mean `{near}`?" : help);
            else if (!afterOption)
                yield return ($"Unexpected argument `{token}`{name}", command.Subcommands.Count > 0 ? Nearest.Hint(token, command.Subcommands.Select(sub => sub.Name), "verb") : help);
            afterOption = isOption;
        }

        foreach (var error in foreign.Count > 0 ? [] : parsed.Errors)
            yield return (Words(error, name), help);

        foreach (var empty in Children(parsed.CommandResult).Where(child => child.Tokens.Any(token => token.Value.Length == 0)))
            yield return ($"{Called(empty)}{name} is empty", help);
    }

    private static IEnumerable<string> Path(CommandResult command) => (command.Parent is CommandResult above ? Path(above) : []).Append(command.Command.Name);

    private static IEnumerable<SymbolResult> Children(CommandResult command) => command.Children.Where(child => child is ArgumentResult or OptionResult);

    private static string Called(SymbolResult symbol) => symbol switch
    {
        OptionResult option => $"`{option.Option.Name}`",
        ArgumentResult argument => $"`<{argument.Argument.Name}>`",
        _ => throw new ArgumentOutOfRangeException(nameof(symbol), symbol, "Neither an option nor an argument"),
    };

    // What a value is converted to is a type of ours, which nobody knows.
    private static string Words(ParseError error, string name)
    {
        if (error.SymbolResult is ArgumentResult { Tokens.Count: 0, Parent: CommandResult } missing)
            return $"{Called(missing)}{name} is missing";
        if (error.SymbolResult is CommandResult { Command.Subcommands: { Count: > 0 } subcommands })
            return $"`{((CommandResult)error.SymbolResult).Command.Name}` needs one of [ {string.Join(", ", subcommands.Select(sub => $"`{sub.Name}`"))} ]";
        var option = error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;
        if (option is { Tokens: [var token] } && Kind(option.Option.ValueType) is { } kind && error.Message.Contains(token.Value, StringComparison.Ordinal) && error.Message.Contains("as expected type", StringComparison.Ordinal))
            return $"`{option.Option.Name}` takes {kind}, not `{token.Value}`";
        return error.Message.TrimEnd('.').Replace('\'', '`');
    }

    private static string? Kind(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var whole when whole == typeof(int) || whole == typeof(long) => "a whole number",
        var number when number == typeof(double) => "a number",
        _ => null,
    };
}
