// `schema`: JSON Schemas for editors. Unaware of what they say.

using System.CommandLine;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Metadata;

namespace Imagecraft.Cli.Verbs;

/// <summary>Writes a schema for each kind of YAML file.</summary>
public static class SchemaVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("schema", "Write JSON Schemas of all YAML forms into a folder, for editors", Build);

    private static void Build(Command command, Session session)
    {
        var folder = new Argument<string>("folder") { Description = "Where they are written; made when it does not exist" };
        command.Arguments.Add(folder);
        command.SetAction(parsed =>
        {
            var target = Directory.CreateDirectory(parsed.GetValue(folder)!).FullName;
            foreach (var schema in SchemaWriter.Write())
            {
                File.WriteAllText(Path.Combine(target, schema.FileName), schema.Json);
                session.Console.Out.WriteLine(Path.Combine(target, schema.FileName));
            }

            return ExitCodes.Done;
        });
    }
}
