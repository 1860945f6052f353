// `find`: which package a file of an image is of, or which recipe would bring one. Unaware of how packages are made.

using System.CommandLine;
using System.Text.Json.Nodes;
using Imagecraft.BuiltIns;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Inspecting;
using Imagecraft.Cli.Output;
using Imagecraft.Cli.Rendering;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Verbs;

/// <summary>Looks in the image first, and in what recipes say of their packages when it has no such file.</summary>
public static class FindVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("find", "Say which package of an image a file is of, or which recipe would bring it", Build);

    private static void Build(Command command, Session session)
    {
        var pattern = new Argument<string>("file") { Description = "A path on the board, a name, or a glob of either" };
        var json = JsonOutput.Option();
        command.Arguments.Add(pattern);
        command.Options.Add(json);
        var options = new ImageOptions(command);
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(pattern)!;
            var glob = new PathGlobs([wanted.StartsWith('/') ? wanted : $"/**/{wanted}"]);
            var image = options.Read(parsed, session);
            var found = image.Files.Where(file => glob.Matches(file.Path)).ToList();
            if (parsed.GetValue(json))
            {
                session.Console.WriteJson(found.ToJson(file => new JsonObject { ["path"] = file.Path, ["kind"] = file.Kind, ["bytes"] = file.Size, ["package"] = file.Package, ["target"] = file.Target, ["because"] = image.Reasons(file.Package).ToJson() }));
                return found.Count > 0 ? ExitCodes.Done : ExitCodes.User;
            }

            foreach (var file in found)
                session.Console.Out.WriteLine($"{file.Path}{(file.Target is { } target ? $" -> {target}" : "")}  {(file.Kind == "file" ? Quantities.Size(file.Size) : file.Kind)}  {(file.Package.Length > 0 ? file.Package : "a folder that leads to others")}");
            return found.Count > 0 ? ExitCodes.Done : Elsewhere(session, image, wanted);
        });
    }

    // Recipes that were not built yet say in globs what they bring.
    private static int Elsewhere(Session session, ImageFolder image, string wanted)
    {
        var path = wanted.StartsWith('/') ? wanted : $"/usr/bin/{wanted}";
        var candidates = Composition.Load(session).Workspace.Recipes.Values
            .SelectMany(recipe => recipe.Packages.Select(package => (Recipe: recipe, Package: package)))
            .Where(one => !image.Manifest.Packages.Any(have => have.Name == one.Package.Name.Value) && Brings(one.Package, path))
            .ToList();
        // A glob for whatever lies in a folder tells nothing where another one names the file.
        if (candidates.Where(one => GlobsOf(one.Package, path).Any(IsSpecific)).ToList() is { Count: > 0 } specific)
            candidates = specific;
        if (candidates.Count == 0)
            throw ProblemException.User($"The image `{image.Manifest.Image}` has no file `{wanted}`, and no recipe says that it brings it", "Globs are allowed: `find '*ssh*'`, `find '/usr/lib/**/*.so'`");
        session.Console.Out.WriteLine($"The image `{image.Manifest.Image}` has no file `{wanted}`; these packages may bring it:");
        foreach (var (recipe, package) in candidates)
            session.Console.Out.WriteLine($"  {package.Name} of recipe {recipe.Name}, by its files [{string.Join(", ", GlobsOf(package, path))}]");
        return ExitCodes.User;
    }

    private static IEnumerable<string> GlobsOf(PackageSpec package, string path) => package.Files.Select(f => f.Value).Where(f => new PathGlobs([f]).Matches(path));

    private static bool IsSpecific(string glob) => glob.Split('/').Last().Any(letter => letter is not ('*' or '?'));

    private static bool Brings(PackageSpec package, string path) => !package.IsConventional && new PathGlobs(package.Files.Select(f => f.Value)).Matches(path) && !package.Files.All(f => f.Value is "/**");
}
