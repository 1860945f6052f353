// `list`: what the workspace has. Unaware of how it is built.

using System.CommandLine;
using System.Text.Json.Nodes;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;

namespace Imagecraft.Cli.Verbs;

/// <summary>Lists names by kind.</summary>
public static class ListVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("list", "List boards, images, recipes, models and so on", Build);

    private static void Build(Command command, Session session)
    {
        var kind = new Argument<string?>("kind") { Description = $"One of [{string.Join(", ", Catalog.Kinds)}] (default: boards, images, recipes and models)", Arity = ArgumentArity.ZeroOrOne };
        var json = JsonOutput.Option();
        command.Arguments.Add(kind);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            var asked = parsed.GetValue(kind);
            var reading = Composition.Load(session);
            var shownKinds = asked is null ? Catalog.Kinds[..4] : [KindNamed(asked)];
            if (parsed.GetValue(json))
            {
                session.Console.WriteJson(shownKinds.SelectMany(shown => Catalog.Of(reading, shown).Select(entry => (Kind: shown, Entry: entry))).ToJson(one => new JsonObject
                {
                    ["kind"] = one.Kind,
                    ["name"] = one.Entry.Name,
                    ["about"] = one.Entry.About,
                    ["file"] = one.Entry.Place.File,
                    ["line"] = one.Entry.Place.Line,
                }));
                Composition.TellOthers(session, reading.Reach());
                return ExitCodes.Done;
            }

            foreach (var shown in shownKinds)
            {
                var entries = Catalog.Of(reading, shown);
                var width = entries.Select(e => e.Name.Length).DefaultIfEmpty(0).Max();
                foreach (var entry in entries)
                    session.Console.Out.WriteLine($"{shown}  {entry.Name.PadRight(width)}  {entry.About}".TrimEnd());
            }

            Composition.TellOthers(session, reading.Reach());
            return ExitCodes.Done;
        });
    }

    /// <summary>The kind of that name, in singular or plural.</summary>
    public static string KindNamed(string word) =>
        Catalog.Kinds.FirstOrDefault(k => word == k || word == k + "s") ?? throw ProblemException.Unknown("kind", word, Catalog.Kinds);
}
