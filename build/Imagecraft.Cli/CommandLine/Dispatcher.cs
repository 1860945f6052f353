// From arguments to the chosen verb, and from whatever it throws to an exit code. Unaware of what verbs do.

using System.CommandLine;
using System.CommandLine.Help;
using Imagecraft.Cli.Output;
using Imagecraft.Cli.Verbs;
using Imagecraft.Metadata.Diagnostics;

namespace Imagecraft.Cli.CommandLine;

/// <summary>Runs the verb that the first argument names.</summary>
public static class Dispatcher
{
    /// <summary>Parses, runs, reports; never throws.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<Verb> verbs, string[] arguments, Session session)
    {
        try
        {
            return await DispatchAsync(verbs, arguments, session).ConfigureAwait(false);
        }
        catch (DiagnosticsException problems)
        {
            Composition.Report(session, problems.Diagnostics, problems.Texts);
            return ExitCodes.User;
        }
        catch (OperationCanceledException) when (session.Interrupts.Requested)
        {
            session.Console.Diagnostics.WriteLine("Stopped");
            return ExitCodes.Interrupted;
        }
        catch (Exception known) when (Faults.Of(known, CacheRoot(session)) is { } problem)
        {
            session.Console.WriteError(problem.Message, problem.Hint);
            return problem.ExitCode;
        }
        catch (Exception bug)
        {
            session.Console.WriteError($"This is a bug of Imagecraft: {bug.Message}", "Please report it with the lines below");
            session.Console.Diagnostics.WriteLine(bug.ToString());
            return ExitCodes.Bug;
        }
        finally
        {
            session.Interrupts.Dispose();
        }
    }

    // Whatever is wrong, a shell that asks wants words or none.
    private static async Task<int> CompleteAsync(IReadOnlyList<Verb> verbs, string[] words, Session session)
    {
        try
        {
            foreach (var word in await Completions.OfAsync(verbs, words, session).ConfigureAwait(false))
                session.Console.Out.WriteLine(word);
            return ExitCodes.Done;
        }
        catch (Exception e) when (e is ProblemException or DiagnosticsException or IOException)
        {
            return ExitCodes.User;
        }
    }

    private static async Task<int> DispatchAsync(IReadOnlyList<Verb> verbs, string[] arguments, Session session)
    {
        if (arguments is [CompletionVerb.Asking, .. var words])
            return await CompleteAsync(verbs, words, session).ConfigureAwait(false);
        var chosen = verbs.FirstOrDefault(v => arguments.Length > 0 && v.Name == arguments[0]);
        if (chosen is null && arguments.Length > 0 && !arguments[0].StartsWith('-'))
            throw UnknownVerb(arguments[0], verbs);

        // Only the chosen verb is constructed; all of them only for the help.
        var root = new Command("./build.sh", "Builds bootable Linux images for on-device machine learning") { new HelpOption(), new VersionOption() };
        foreach (var verb in chosen is null ? verbs : [chosen])
            root.Subcommands.Add(verb.CreateCommand(session));

        var parsed = root.Parse(arguments.Length == 0 ? ["--help"] : arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is not HelpAction && Misunderstandings.Of(parsed).ToList() is { Count: > 0 } misunderstandings)
        {
            foreach (var (message, hint) in misunderstandings)
                session.Console.WriteError(message, hint);
            return ExitCodes.User;
        }

        var code = await parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = session.Console.Out,
            Error = session.Console.Diagnostics,
        }).ConfigureAwait(false);
        return arguments.Length == 0 ? ExitCodes.User : code;
    }

    // The folder may be what is missing.
    private static string CacheRoot(Session session)
    {
        try
        {
            return session.CacheRoot;
        }
        catch (ProblemException)
        {
            return "unknown";
        }
    }

    private static ProblemException UnknownVerb(string word, IReadOnlyList<Verb> verbs) =>
        ProblemException.User(
            $"Unknown verb `{word}`",
            Nearest.Hint(word, verbs.Select(v => v.Name), "verb"));
}
