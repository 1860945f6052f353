// `compare`: what differs between two images that were built. Unaware of how they are read.

using System.CommandLine;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Inspecting;
using Imagecraft.Cli.Output;

namespace Imagecraft.Cli.Verbs;

/// <summary>Compares artifacts; exit code 0 whether there are differences or not.</summary>
public static class CompareVerb
{
    private const int ShownOfASection = 20;

    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("compare", "Say what differs between two images: packages, files, sizes, configuration, networks, checks", Build);

    private static void Build(Command command, Session session)
    {
        var before = new Argument<string>("before") { Description = "A folder of artifacts, its manifest.json, or BOARD/IMAGE" };
        var after = new Argument<string>("after") { Description = "Another one" };
        var all = new Option<bool>("--all") { Description = "Show all differences of long sections" };
        var page = new Option<string?>("--page") { Description = "Write them as a page into a file", HelpName = "file" };
        var json = JsonOutput.Option();
        command.Arguments.Add(before);
        command.Arguments.Add(after);
        foreach (var option in new Option[] { all, page, json })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var (a, b) = (ImageOptions.Named(session, parsed.GetValue(before)!), ImageOptions.Named(session, parsed.GetValue(after)!));
            var sections = ImageDifferences.Of(a, b);
            if (parsed.GetValue(page) is { } file)
                File.WriteAllText(file, DifferenceText.Page(parsed.GetValue(before)!, parsed.GetValue(after)!, sections));
            if (parsed.GetValue(json))
            {
                session.Console.WriteJson(DifferenceText.Json(sections));
                return ExitCodes.Done;
            }

            foreach (var line in DifferenceText.Lines(sections, parsed.GetValue(all) ? int.MaxValue : ShownOfASection))
                session.Console.Out.WriteLine(line);
            if (sections.IsEmpty)
                session.Console.Out.WriteLine("Nothing differs");
            foreach (var one in new[] { a, b }.Where(one => one.Files.IsEmpty))
                session.Console.WriteWarning($"`{one.Path}` has no `files.json`, so files and sizes are not compared", "Build that image with this version");
            return ExitCodes.Done;
        });
    }
}
