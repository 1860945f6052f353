// `size`: what takes the room of an image that was built. Unaware of how files came to be.

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Inspecting;
using Imagecraft.Cli.Output;
using Imagecraft.Cli.Rendering;

namespace Imagecraft.Cli.Verbs;

/// <summary>Sizes of packages, or of the files of one.</summary>
public static class SizeVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("size", "Show what takes the room of an image: packages, or the files of one, the largest first", Build);

    private static void Build(Command command, Session session)
    {
        var package = new Argument<string?>("package") { Description = "Show this one's files", Arity = ArgumentArity.ZeroOrOne };
        var json = JsonOutput.Option();
        command.Arguments.Add(package);
        command.Options.Add(json);
        var options = new ImageOptions(command);
        command.SetAction(parsed =>
        {
            var image = options.Read(parsed, session);
            var files = image.Files.Where(file => file.Kind == "file").ToList();
            if (parsed.GetValue(package) is { } name)
                files = [.. files.Where(file => file.Package == name)];
            if (files.Count == 0 && parsed.GetValue(package) is { } unknown)
                throw ProblemException.Unknown("package of the image", unknown, image.Files.Select(file => file.Package).Where(one => one.Length > 0).Distinct());
            var rows = (parsed.GetValue(package) is null ? files.GroupBy(file => file.Package) : files.GroupBy(file => file.Path))
                .Select(group => (Name: group.Key, Size: group.Sum(file => file.Size), Files: group.Count()))
                .OrderByDescending(row => row.Size).ThenBy(row => row.Name, StringComparer.Ordinal).ToList();
            var total = Math.Max(1, rows.Sum(row => row.Size));
            if (parsed.GetValue(json))
            {
                session.Console.WriteJson(rows.ToJson(row => new JsonObject { ["name"] = row.Name, ["bytes"] = row.Size, ["files"] = row.Files }));
                return ExitCodes.Done;
            }

            const string sum = "together";
            var width = rows.Select(row => row.Name.Length).Append(sum.Length).Max();
            foreach (var row in rows)
                session.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Name.PadRight(width)}  {Quantities.Size(row.Size),10}  {100.0 * row.Size / total,5:0.0} %{(parsed.GetValue(package) is null ? $"  {row.Files} {(row.Files == 1 ? "file" : "files")}" : "")}"));
            session.Console.Out.WriteLine($"{sum.PadRight(width)}  {Quantities.Size(rows.Sum(row => row.Size)),10}");
            return ExitCodes.Done;
        });
    }
}
