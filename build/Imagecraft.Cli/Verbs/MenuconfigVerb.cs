// `menuconfig`: the configuration of a kernel, busybox or U-Boot by its own menu, and what was changed as a fragment. Unaware of kconfig's language.

using System.Collections.Immutable;
using System.CommandLine;
using Imagecraft.BuiltIns.Configuration;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Configuring;
using Imagecraft.Cli.Editing;
using Imagecraft.Cli.Output;
using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Execution.Processes;
using Imagecraft.Engine.Files;
using Imagecraft.Planning.Systems;

namespace Imagecraft.Cli.Verbs;

/// <summary>Shows the menu on the terminal and writes a fragment.</summary>
public static class MenuconfigVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("menuconfig", "Change the configuration of a kernel, busybox or U-Boot by its menu, and make a fragment of it", Build);

    private static void Build(Command command, Session session)
    {
        var recipe = new Argument<string>("recipe") { Description = "A recipe with a kconfig configuration, e.g. linux" };
        var into = new Option<string?>("--into") { Description = "The fragment to write; one that is there is changed in place (default: work/RECIPE.config)" };
        command.Arguments.Add(recipe);
        command.Options.Add(into);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            if (!session.Console.IsInteractive)
                throw ProblemException.User("A menu needs a terminal", "Run it in one, or write the symbols into a fragment by hand");
            var name = parsed.GetValue(recipe)!;
            var file = Path.GetFullPath(parsed.GetValue(into) ?? Path.Combine(session.WorkspaceRoot, Edits.WorkFolder, $"{name}.config"));
            if (Directory.Exists(file))
                throw ProblemException.User($"`{file}` is a folder", "Name the fragment, e.g. `boards/mine/mine.config`");
            // What cannot be changed is told before somebody spends an hour in a menu.
            Changed(file, []);
            var request = options.Read(parsed);
            using var work = await MenuWork.OpenAsync(session, request, name).ConfigureAwait(false);
            var (asked, failed) = await work.ReadAsync(work.Asked).ConfigureAwait(false);
            if (asked is null)
                return failed;
            using var engine = work.Workshop.OpenEngine();
            using var renderers = Renderers.For(session, request, []);
            var (shell, result) = await engine.ShellAsync(work.Workshop.Graph, work.Menu, new(TerminalCommand.Action), renderers.Handle, session.Interrupts.Listen().Gentle).ConfigureAwait(false);
            renderers.Dispose();
            if (shell is null)
                return result.ExitCode;
            var words = AskedSymbol.Parse(asked);
            using (shell)
            {
                var exitCode = TerminalProgram.Run(shell.Command);
                if (exitCode != 0)
                    throw ProblemException.User($"The menu of {name} ended with exit code {exitCode}; nothing was written", "What it said stands above");
                return Tell(session, work, file, MenuChange.Between(Read(shell, KconfigMenu.Before), Read(shell, KconfigMenu.After), words), words);
            }
        });
    }

    private static Configuration Read(SandboxShell shell, string name)
    {
        var file = Path.Combine(shell.OutFolder, KconfigMenu.Folder, name);
        return Configuration.Parse(File.ReadAllText(file), File.Exists(file + KconfigMenu.Least) ? File.ReadAllText(file + KconfigMenu.Least) : null);
    }

    private static string Changed(string file, ImmutableArray<ConfigSymbol> symbols) =>
        FragmentText.With(File.Exists(file) ? File.ReadAllText(file) : "", symbols, out var malformed)
            ?? throw ProblemException.User($"{file}:{malformed!.Value.Line}:1: Not a configuration line: `{malformed.Value.Text}`", "Write `CONFIG_NAME=value` or `# CONFIG_NAME is not set`, or name another file");

    private static int Tell(Session session, MenuWork work, string file, ImmutableArray<ConfigSymbol> symbols, ImmutableDictionary<string, AskedSymbol> asked)
    {
        var console = session.Console.Out;
        if (symbols.IsEmpty)
        {
            console.WriteLine("Nothing was changed, or it was not saved; no fragment was written");
            return ExitCodes.Done;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        AtomicFile.Write(file, Changed(file, symbols));
        var shown = Path.GetRelativePath(session.WorkspaceRoot, file) is var relative && relative.StartsWith("..", StringComparison.Ordinal) ? file : relative;
        console.WriteLine($"`{shown}` asks for:");
        foreach (var symbol in symbols)
            console.WriteLine($"  {symbol.Text}");
        var order = work.Fragments(session.WorkspaceRoot);
        var own = order.LastIndexOf(file);
        if (own < 0)
            console.WriteLine($"No document lists it. List it in {work.PlacesOfFragments}");
        foreach (var word in symbols.Where(symbol => asked.ContainsKey(symbol.Name)).Select(symbol => asked[symbol.Name]))
        {
            var other = order.LastIndexOf(Path.GetFullPath(word.Fragment, session.WorkspaceRoot));
            if (other > own)
                console.WriteLine(own < 0 ? $"`{word.Fragment}` asks for CONFIG_{word.Symbol}={word.Value}, so list yours behind it" : $"`{word.Fragment}` comes later and asks for CONFIG_{word.Symbol}={word.Value}: change it there, or nothing comes of it");
        }

        return ExitCodes.Done;
    }
}
