// What may stand where the cursor is, for shells. Unaware of which shell asks.

using System.CommandLine;
using System.Text.RegularExpressions;
using Imagecraft.Cli.Building;
using Imagecraft.Metadata;

namespace Imagecraft.Cli.CommandLine;

/// <summary>Completes words of a command line; what cannot be known is left to the shell, which knows files.</summary>
public static partial class Completions
{
    /// <summary>The words that the last of <paramref name="words"/> may become, sorted.</summary>
    /// <param name="verbs">All verbs.</param>
    /// <param name="words">What follows the program up to the cursor; the last is what is there of the word, or empty.</param>
    /// <param name="session">The call.</param>
    public static async Task<IReadOnlyList<string>> OfAsync(IReadOnlyList<Verb> verbs, IReadOnlyList<string> words, Session session)
    {
        if (words.Count > 0 && OptionWithValue().Match(words[^1]) is { Success: true } joined)
            return [.. (await OfAsync(verbs, [.. words.SkipLast(1), joined.Groups[1].Value, joined.Groups[2].Value], session).ConfigureAwait(false)).Select(value => $"{joined.Groups[1].Value}={value}")];
        var start = words.Count == 0 ? "" : words[^1];
        var candidates = words.Count <= 1 ? verbs.Select(verb => verb.Name).Concat(["--help", "--version"])
            : verbs.FirstOrDefault(verb => verb.Name == words[0]) is { } verb ? await WithinAsync(verb.CreateCommand(session), words, start, session).ConfigureAwait(false)
            : [];
        return [.. candidates.Where(word => word.StartsWith(start, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
    }

    private static async Task<IEnumerable<string>> WithinAsync(Command command, IReadOnlyList<string> words, string start, Session session)
    {
        var verb = words[0];
        foreach (var word in words.Skip(1).SkipLast(1))
            command = command.Subcommands.FirstOrDefault(sub => sub.Name == word) ?? command;
        if (command.Options.FirstOrDefault(option => option.Name == words[^2] || option.Aliases.Contains(words[^2])) is { } asked && asked.ValueType != typeof(bool))
            return ValuesOf(asked.Name, session);
        if (start.StartsWith('-'))
            return command.Options.Where(option => !option.Hidden).Select(option => option.Name).Append("--help");
        if (command.Subcommands.Count > 0)
            return command.Subcommands.Select(sub => sub.Name);
        return verb switch
        {
            "list" => Catalog.Kinds,
            "show" => words.Count == 3 && Catalog.Kinds.Contains(words[1]) ? Names(session, words[1]) : Catalog.Kinds,
            "model" => Names(session, KindNames.Model),
            "edit" or "deploy" or "update" or "menuconfig" or "savedefconfig" => Names(session, KindNames.Recipe),
            "build" or "plan" or "why" or "shell" => start.AsSpan().IndexOfAny(':', '@') >= 0 ? await ActionsAsync(words, start, session).ConfigureAwait(false) : [.. Names(session, KindNames.Recipe), .. Names(session, KindNames.Model)],
            "test" => Directory.Exists(Path.Combine(session.WorkspaceRoot, "tests")) ? Directory.EnumerateDirectories(Path.Combine(session.WorkspaceRoot, "tests"), "*.Tests").Select(folder => Path.GetFileName(folder).Split('.')[^2]) : [],
            _ => [],
        };
    }

    private static IEnumerable<string> ValuesOf(string option, Session session) => option switch
    {
        "--board" or "--like" => Names(session, KindNames.Board),
        "--architecture" => Names(session, KindNames.Architecture),
        "--image" => Names(session, KindNames.Image),
        "--to" => ["qemu", "ssh://", "serial:", "labgrid:"],
        "--on" => ["ssh://", "serial:", "labgrid:"],
        _ => [],
    };

    private static IEnumerable<string> Names(Session session, string kind) => Composition.Load(session, offline: true).NamesOf(kind);

    // Of the board and image that the line names.
    private static async Task<IEnumerable<string>> ActionsAsync(IReadOnlyList<string> words, string start, Session session)
    {
        string? After(string option, string alias) => words.Zip(words.Skip(1)).Where(pair => pair.First == option || pair.First == alias).Select(pair => pair.Second).FirstOrDefault();
        var owner = start.Split(':', '@')[0];
        using var workshop = await Workshop.OpenAsync(session, new BuildRequest(After("--board", "-b"), After("--image", "-i"), Locked: true, Offline: true, KeepGoing: false, Events: null, Jobs: null), new AskedNames(Names(session, KindNames.Recipe).Contains(owner) ? [owner] : []).Extras).ConfigureAwait(false);
        return workshop.Graph.Order.Select(id => id.Value);
    }

    [GeneratedRegex("^(--[a-z-]+)=(.*)$")]
    private static partial Regex OptionWithValue();
}
