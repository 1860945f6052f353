// `savedefconfig`: the fewest lines that give the configuration of a recipe. Unaware of kconfig's language.

using System.CommandLine;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Configuring;
using Imagecraft.Cli.Editing;
using Imagecraft.Engine.Files;

namespace Imagecraft.Cli.Verbs;

/// <summary>Writes a defconfig.</summary>
public static class SavedefconfigVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("savedefconfig", "Write the fewest lines that give the configuration of a kernel or U-Boot", Build);

    private static void Build(Command command, Session session)
    {
        var recipe = new Argument<string>("recipe") { Description = "A recipe with a kconfig configuration, e.g. linux" };
        var into = new Option<string?>("--into") { Description = "The file to write (default: work/RECIPE_defconfig)" };
        command.Arguments.Add(recipe);
        command.Options.Add(into);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var name = parsed.GetValue(recipe)!;
            var file = Path.GetFullPath(parsed.GetValue(into) ?? Path.Combine(session.WorkspaceRoot, Edits.WorkFolder, $"{name}_defconfig"));
            if (Directory.Exists(file))
                throw ProblemException.User($"`{file}` is a folder", "Name the file to write");
            using var work = await MenuWork.OpenAsync(session, options.Read(parsed), name).ConfigureAwait(false);
            var (text, exitCode) = await work.ReadAsync(work.Least).ConfigureAwait(false);
            if (text is null)
                return exitCode;
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            AtomicFile.Write(file, text);
            session.Console.Out.WriteLine($"Wrote `{Path.GetRelativePath(session.WorkspaceRoot, file)}`");
            return ExitCodes.Done;
        });
    }
}
