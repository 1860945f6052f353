// `show`: the final, merged text of one thing, and which file set each field. Unaware of layers' rules.

using System.CommandLine;
using System.Text.Json.Nodes;
using Imagecraft.Cli.Boards;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;
using Imagecraft.Metadata;

namespace Imagecraft.Cli.Verbs;

/// <summary>Shows what a recipe, board, image ... says after all layers are merged.</summary>
public static class ShowVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("show", "Show what a board brings, or the merged fields of a recipe, image ...", Build);

    private static void Build(Command command, Session session)
    {
        var kind = new Argument<string>("kind") { Description = $"One of [{string.Join(", ", Catalog.Kinds[..^1])}]" };
        var name = new Argument<string>("name") { Description = "Its name" };
        var origin = new Option<bool>("--origin") { Description = "Name the file and line that set each field" };
        var merged = new Option<bool>("--fields") { Description = "Show the merged fields of a board too" };
        var json = JsonOutput.Option();
        command.Options.Add(merged);
        command.Options.Add(json);
        command.Arguments.Add(kind);
        command.Arguments.Add(name);
        command.Options.Add(origin);
        command.SetAction(parsed =>
        {
            var asked = ListVerb.KindNamed(parsed.GetValue(kind)!);
            var wanted = parsed.GetValue(name)!;
            var reading = Composition.Load(session);
            if (!Catalog.Of(reading.Workspace, asked).Any(e => e.Name == wanted))
            {
                Composition.RefuseBroken(reading, new(asked, wanted));
                throw ProblemException.Unknown(asked, wanted, Catalog.Of(reading, asked).Select(e => e.Name));
            }

            Composition.TellOthers(session, reading.Reach());
            if (parsed.GetValue(json))
            {
                session.Console.WriteJson(new JsonObject
                {
                    ["kind"] = asked,
                    ["name"] = wanted,
                    ["fields"] = reading.Origins(asked, wanted).ToJson(field => new JsonObject { ["path"] = field.Path, ["value"] = field.Value.TrimEnd('\n'), ["file"] = field.Span.File, ["line"] = field.Span.Line }),
                });
                return ExitCodes.Done;
            }

            if (asked == KindNames.Board && !parsed.GetValue(origin) && !parsed.GetValue(merged))
            {
                foreach (var line in BoardPage.Lines(reading.Workspace, reading.Workspace.Boards[wanted], (image, folder) => CheckRecord.Read(session.OutputFolder(wanted, image), folder)))
                    session.Console.Out.WriteLine(line);
                return ExitCodes.Done;
            }

            foreach (var field in reading.Origins(asked, wanted))
            {
                var lines = field.Value.TrimEnd('\n').Split('\n');
                session.Console.Out.WriteLine(parsed.GetValue(origin) ? $"{field.Path}: {lines[0]}  # {field.Span}" : $"{field.Path}: {lines[0]}");
                foreach (var line in lines.Skip(1))
                    session.Console.Out.WriteLine($"    {line}");
            }

            return ExitCodes.Done;
        });
    }
}
