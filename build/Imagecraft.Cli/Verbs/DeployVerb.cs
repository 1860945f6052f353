// `deploy`: what a recipe changed, onto a machine that runs. Unaware of how it is built and of how the machine is reached.

using System.Collections.Immutable;
using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.Checking;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Deploying;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Store;
using Imagecraft.Metadata.Model;
using Imagecraft.Qemu;
using Imagecraft.Qemu.Boards;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Cli.Verbs;

/// <summary>Builds recipes, compares their files with those of a machine, and brings it up to date.</summary>
public static class DeployVerb
{
    private const string InQemu = "qemu";

    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("deploy", "Put what was changed of recipes onto a machine that runs, and restart their services", Build);

    private static void Build(Command command, Session session)
    {
        var names = new Argument<string[]>("recipe") { Description = "Recipes of the image", Arity = ArgumentArity.OneOrMore };
        var to = new Option<string>("--to") { Description = $"`{InQemu}` for the machine of `run --deploy`, or a board: {BoardAddress.Forms}".Replace("`", "", StringComparison.Ordinal), HelpName = "address", Required = true };
        var user = new Option<string?>("--user") { Description = "Login name on a console (default: the image's `check-login`, or root)" };
        var passwordFile = new Option<string?>("--password-file") { Description = "File with the password in its first line" };
        var identity = new Option<string?>("--identity") { Description = "For SSH: file with a private key" };
        command.Arguments.Add(names);
        foreach (var option in new Option[] { to, user, passwordFile, identity })
            command.Options.Add(option);
        to.Validators.Add(result =>
        {
            try
            {
                if (result.Tokens is [{ Value: not InQemu and var address }])
                    BoardAddress.Parse(address);
            }
            catch (FormatException wrong)
            {
                result.AddError(wrong.Message);
            }
        });
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var asked = new AskedNames([.. parsed.GetValue(names)!.Select(name => name.StartsWith("recipe:", StringComparison.Ordinal) ? name : $"recipe:{name}")]);
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed), asked.Extras).ConfigureAwait(false);
            var (line, login) = LineOf(session, workshop, parsed.GetValue(to)!, parsed.GetValue(user), parsed.GetValue(passwordFile), parsed.GetValue(identity));
            using var store = new ContentStore(session.CacheRoot);
            using var lease = store.BeginLease();
            var result = await workshop.BuildAsync(plan => asked.Goals(plan).Append(plan.RootFs.Action), null).ConfigureAwait(false);
            if (!result.Succeeded)
                return result.ExitCode;
            var files = Files(workshop, result, store);
            if (files.Count == 0)
                throw ProblemException.User($"The image `{workshop.Plan.Image.Name}` has no file of [{string.Join(", ", parsed.GetValue(names)!)}]", "Add their packages to the image, and start the machine with it");
            var recipes = parsed.GetValue(names)!.Select(name => workshop.Workspace.Recipes[name.StartsWith("recipe:", StringComparison.Ordinal) ? name["recipe:".Length..] : name]).ToList();
            return await DeployAsync(session, workshop, recipes, files, line, login).ConfigureAwait(false);
        });
    }

    private static (IBoardLine Line, LoginOptions Login) LineOf(Session session, Workshop workshop, string to, string? user, string? passwordFile, string? identity)
    {
        if (to == InQemu)
        {
            var running = new RunningMachine(session.WorkspaceRoot, workshop.Plan.Board.Name, workshop.Plan.Image.Name);
            return running.Socket is { } socket
                ? (new RunningLine(socket), LoginOptions.Root with { IsRunning = true })
                : throw ProblemException.User($"No machine of `{workshop.Plan.Image.Name}` on `{workshop.Plan.Board.Name}` runs that could be reached", "Start one in another terminal: `./build.sh run --deploy`");
        }

        var address = BoardAddress.Parse(to);
        var (login, key) = CheckLogins.OnBoard(session, workshop.Plan, new BoardDemand(address, null, user, passwordFile, identity));
        return (CheckSubject.LineTo(session, address, login.Password, key, KernelArguments.ResetAfterPanic(workshop.Plan.CommandLine)), login with { IsRunning = true });
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

    private static async Task<int> DeployAsync(Session session, Workshop workshop, List<Recipe> recipes, List<InstalledFile> files, IBoardLine line, LoginOptions login)
    {
        var cancellation = session.Interrupts.Gentle;
        var log = Path.Combine(session.WorkspaceRoot, ".imagecraft", "logs", "deploy-console.log");
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        File.Delete(log);
        try
        {
            await using var console = await line.OpenAsync(log, cancellation).ConfigureAwait(false);
            await console.LoginAsync(login, cancellation).ConfigureAwait(false);
            if (Restarts.KernelOf(files.Select(file => file.Path)) is { } kernel && (await console.RunAsync("uname -r", TimeSpan.FromMinutes(1), cancellation).ConfigureAwait(false)).Output.Trim() is var running && running != kernel)
                throw ProblemException.User($"The machine runs the kernel {running}, and these modules are for {kernel}", "Boot the machine with the new kernel: flash it, or `./build.sh run` again");
            var machine = await MachineFiles.OpenAsync(console, cancellation).ConfigureAwait(false);
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

            await machine.CloseAsync(cancellation).ConfigureAwait(false);
            await console.LeaveAsync(cancellation).ConfigureAwait(false);
            // What is typed last must not be cut off with the line.
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation).ConfigureAwait(false);
            said.ForEach(session.Console.Out.WriteLine);
            if (recipes.Any(recipe => recipe.Build is BuildSpec.Kernel))
                session.Console.Out.WriteLine("The kernel itself runs on as it is: what is built in counts after it was flashed, or after the next `./build.sh run`");
            session.Console.Out.WriteLine(different.Count == 0 ? $"Nothing to do: {line.Name} has all {files.Count} files as they are" : $"Deployed {different.Count} of {files.Count} files to {line.Name}; a reboot from the image brings its own back");
            return said.Any(words => words.StartsWith("Not ", StringComparison.Ordinal)) ? ExitCodes.Environment : ExitCodes.Done;
        }
        catch (MachineException problem)
        {
            throw ProblemException.Environment(problem.Message, $"What {line.Name} said is in `{log}`");
        }
    }
}
