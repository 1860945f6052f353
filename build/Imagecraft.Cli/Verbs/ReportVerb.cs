// `report`: a page about an image that was built. Unaware of what is on it.

using System.CommandLine;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Inspecting;

namespace Imagecraft.Cli.Verbs;

/// <summary>Writes the page beside the artifacts.</summary>
public static class ReportVerb
{
    private const string FileName = "report.html";

    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("report", "Write a page about an image that was built: sizes, packages, networks, checks, boot, build, kernel", Build);

    private static void Build(Command command, Session session)
    {
        var output = new Option<string?>("--output", "-o") { Description = $"Where to write it (default: {FileName} beside the artifacts)", HelpName = "file" };
        command.Options.Add(output);
        var options = new ImageOptions(command);
        command.SetAction(parsed =>
        {
            var image = options.Read(parsed, session);
            var file = parsed.GetValue(output) ?? Path.Combine(image.Path, FileName);
            File.WriteAllText(file, ImageReport.Write(image));
            session.Console.Out.WriteLine($"The report is in `{file}`");
            return ExitCodes.Done;
        });
    }
}
