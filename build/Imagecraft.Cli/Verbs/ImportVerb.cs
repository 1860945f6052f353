// `import`: recipes of Buildroot and Yocto as a start for recipes of one's own. Unaware of how they are read.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Importing;
using Imagecraft.Cli.Importing.Buildroot;
using Imagecraft.Cli.Importing.Yocto;

namespace Imagecraft.Cli.Verbs;

/// <summary>Translates foreign recipes.</summary>
public static class ImportVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("import", "Translate a recipe of Buildroot or Yocto, and say what could not be translated", Build);

    private static void Build(Command command, Session session)
    {
        command.Subcommands.Add(Of(session, "buildroot", "A folder of Buildroot's `package/`: its .mk, Config.in, .hash, patches and init scripts", "Folder of the package, or its .mk file", HostFolder.OfBuildroot, BuildrootReader.Read));
        command.Subcommands.Add(Of(session, "yocto", "A recipe of Yocto's: its .bb with what it requires, patches and files beside it", "The .bb file, where it lies in its layer", HostFolder.OfYocto, YoctoReader.Read));
    }

    private static Command Of(Session session, string name, string summary, string what, Func<string, HostFolder> find, Func<ForeignFiles, string, ForeignRecipe> read)
    {
        var path = new Argument<string>("path") { Description = what };
        var mirror = new Option<string[]>("--mirror") { Description = "Further address of its first archive, e.g. debian:SOURCE/FILE", AllowMultipleArgumentsPerToken = false };
        var called = new Option<string?>("--name") { Description = "Name of the recipe (default: that of the foreign one)" };
        var noBuild = new Option<bool>("--no-build") { Description = "Write it without trying it" };
        var command = new Command(name, summary) { path, mirror, called, noBuild };
        var options = new BuildOptions(command);
        command.SetAction((parsed, _) => new RecipeImport(session, options.Read(parsed)).WriteAsync(find(parsed.GetValue(path)!), read, new(parsed.GetValue(called), [.. parsed.GetValue(mirror) ?? []], !parsed.GetValue(noBuild))));
        return command;
    }
}
