// `deploy`: what a recipe changed, onto a machine that runs. Unaware of how it is built and of how the machine is reached.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Deploying;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Store;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Verbs;

/// <summary>Builds recipes, compares their files with those of a machine, and brings it up to date.</summary>
public static class DeployVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("deploy", "Put what was changed of recipes onto a machine that runs, and restart their services", Build);

    private static void Build(Command command, Session session)
    {
        var names = new Argument<string[]>("recipe") { Description = "Recipes of the image", Arity = ArgumentArity.OneOrMore };
        command.Arguments.Add(names);
        var machines = new ReachOptions(command, "--to");
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var asked = new AskedNames([.. parsed.GetValue(names)!.Select(name => name.StartsWith("recipe:", StringComparison.Ordinal) ? name : $"recipe:{name}")]);
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed), asked.Extras).ConfigureAwait(false);
            var machine = machines.Read(parsed, session, workshop);
            using var store = new ContentStore(session.CacheRoot);
            using var lease = store.BeginLease();
            var result = await workshop.BuildAsync(plan => asked.Goals(plan).Append(plan.RootFs.Action), null).ConfigureAwait(false);
            if (!result.Succeeded)
                return result.ExitCode;
            var files = Files(workshop, result, store);
            if (files.Count == 0)
                throw ProblemException.User($"The image `{workshop.Plan.Image.Name}` has no file of [{string.Join(", ", parsed.GetValue(names)!)}]", "Add their packages to the image, and start the machine with it");
            var recipes = parsed.GetValue(names)!.Select(name => workshop.Workspace.Recipes[name.StartsWith("recipe:", StringComparison.Ordinal) ? name["recipe:".Length..] : name]).ToList();
            return await DeployAsync(session, workshop, recipes, files, machine).ConfigureAwait(false);
        });
    }

    // What the packages of the recipes have, as the image has it: with its modes, owners and links.
    private static List<InstalledFile> Files(Workshop workshop, BuildResult result, ContentStore store)
    {
        var wanted = workshop.Plan.Extras.SelectMany(extra => extra.Outputs)
            .Select(output => result.Output(output.Action, output.Output)).Where(value => value.Kind == OutputKind.Tree)
            .SelectMany(value => TreeWalk.Entries(store, value.Digest)).Where(entry => entry.Kind != TreeEntryKind.Folder).Select(entry => "/" + entry.Path).ToHashSet(StringComparer.Ordinal);
        var rootFs = result.Output(workshop.Plan.RootFs.Action, workshop.Plan.RootFs.Output);
        using var tar = File.OpenRead(store.FilePath(rootFs.Digest, rootFs.Executable));
        return [.. InstalledFile.Read(tar, wanted).Where(file => !file.Path.Contains('\n', StringComparison.Ordinal))];
    }

    private static Task<int> DeployAsync(Session session, Workshop workshop, List<Recipe> recipes, List<InstalledFile> files, ReachedMachine reached) => reached.UseAsync(session, "deploy", async (console, cancellation) =>
    {
        if (Restarts.KernelOf(files.Select(file => file.Path)) is { } kernel && (await console.RunAsync("uname -r", TimeSpan.FromMinutes(1), cancellation).ConfigureAwait(false)).Output.Trim() is var running && running != kernel)
            throw ProblemException.User($"The machine runs the kernel {running}, and these modules are for {kernel}", "Boot the machine with the new kernel: flash it, or `./build.sh run` again");
        var folder = await MachineFolder.MakeAsync(console, cancellation).ConfigureAwait(false);
        var machine = new MachineFiles(folder);
        var different = await machine.DifferentAsync(files, cancellation).ConfigureAwait(false);
        foreach (var file in different)
            session.Console.Out.WriteLine($"{file.Path}{(file.HasAttributes ? "  (without its capabilities, which no tar of the machine sets)" : "")}");
        var said = new List<string>();
        if (different.Count > 0)
        {
            await machine.PutAsync(different, cancellation).ConfigureAwait(false);
            string[] paths = [.. different.Select(file => file.Path)];
            said.AddRange(await Restarts.ModulesAsync(console, paths, cancellation).ConfigureAwait(false));
            said.AddRange(await Restarts.ServicesAsync(console, Restarts.Of(recipes, workshop.Plan.Image.Services, paths), cancellation).ConfigureAwait(false));
        }

        await folder.CloseAsync(cancellation).ConfigureAwait(false);
        said.ForEach(session.Console.Out.WriteLine);
        if (recipes.Any(recipe => recipe.Build is BuildSpec.Kernel))
            session.Console.Out.WriteLine("The kernel itself runs on as it is: what is built in counts after it was flashed, or after the next `./build.sh run`");
        session.Console.Out.WriteLine(different.Count == 0 ? $"Nothing to do: {reached.Name} has all {files.Count} files as they are" : $"Deployed {different.Count} of {files.Count} files to {reached.Name}; a reboot from the image brings its own back");
        return said.Any(words => words.StartsWith("Not ", StringComparison.Ordinal)) ? ExitCodes.Environment : ExitCodes.Done;
    });
}
