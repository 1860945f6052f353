// `why-in-image`: who brought a package. Unaware of how packages are chosen.

using System.CommandLine;
using System.Text.Json.Nodes;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Inspecting;
using Imagecraft.Cli.Output;

namespace Imagecraft.Cli.Verbs;

/// <summary>The chain of reasons, and all that would miss it.</summary>
public static class WhyInImageVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("why-in-image", "Say why a package is in an image, and which others would miss it", Build);

    private static void Build(Command command, Session session)
    {
        var package = new Argument<string>("package") { Description = "A package, or a path on the board" };
        var json = JsonOutput.Option();
        command.Arguments.Add(package);
        command.Options.Add(json);
        var options = new ImageOptions(command);
        command.SetAction(parsed =>
        {
            var image = options.Read(parsed, session);
            var name = Named(image, parsed.GetValue(package)!);
            var reasons = image.Reasons(name).ToList();
            if (reasons.Count == 0)
                throw ProblemException.User($"The manifest in `{image.Path}` gives no reasons: an older version wrote it", "Build the image again");
            var users = image.Manifest.Packages.Where(p => p.Requires.Contains(name)).Select(p => p.Name).ToList();
            if (parsed.GetValue(json))
                session.Console.WriteJson(new JsonObject { ["package"] = name, ["because"] = reasons.ToJson(), ["required-by"] = users.ToJson() });
            else
            {
                session.Console.Out.WriteLine($"{name}: {string.Join(", and ", reasons)}");
                if (users.Count > 0)
                    session.Console.Out.WriteLine($"required by [{string.Join(", ", users)}]");
            }

            return ExitCodes.Done;
        });
    }

    private static string Named(ImageFolder image, string asked)
    {
        var name = asked.StartsWith('/') ? image.Files.FirstOrDefault(file => file.Path == asked)?.Package ?? throw ProblemException.User($"The image `{image.Manifest.Image}` has no file `{asked}`", "`./build.sh find NAME` looks for names and globs") : asked;
        return image.Manifest.Packages.Any(p => p.Name == name) ? name
            : asked.StartsWith('/') ? throw ProblemException.User($"`{asked}` is of no package: {(name.Length > 0 ? $"`{name}` brings it" : "it is a folder that leads to others")}")
            : throw ProblemException.Unknown("package of the image", name, image.Manifest.Packages.Select(p => p.Name));
    }
}
