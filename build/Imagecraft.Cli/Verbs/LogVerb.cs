// `log`: what an action printed when it last ran here. Unaware of what it does.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Execution;

namespace Imagecraft.Cli.Verbs;

/// <summary>Prints logs, or lists them.</summary>
public static class LogVerb
{
    private const int Listed = 20;

    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("log", "Print what an action said when it last ran, here or where the cache has its result from, or list the latest logs", Build);

    private static void Build(Command command, Session session)
    {
        var name = new Argument<string?>("action") { Description = "An action, e.g. linux:build, or a recipe", Arity = ArgumentArity.ZeroOrOne };
        var path = new Option<bool>("--path") { Description = "Print where the log lies instead" };
        command.Arguments.Add(name);
        command.Options.Add(path);
        command.SetAction(parsed =>
        {
            var logs = new ActionLogs(session.WorkspaceRoot, session.CacheRoot);
            if (parsed.GetValue(name) is { } wanted)
            {
                if (logs.Known.Count == 0)
                    throw ProblemException.User("Nothing was built in this workspace yet, so there are no logs", "`./build.sh build NAME` builds a recipe");
                var found = ActionNames.Resolve([.. logs.Known], wanted).Select(id => (Id: id, File: logs.PathOf(id))).Where(log => log.File is not null).OrderBy(log => File.GetLastWriteTimeUtc(log.File!)).ToList();
                if (found.Count == 0)
                    throw ProblemException.User($"`{wanted}` printed nothing", "Its result is from the cache, or it has nothing to say");
                foreach (var (id, file) in found)
                {
                    if (parsed.GetValue(path))
                        session.Console.Out.WriteLine(file);
                    else
                        Print(session, found.Count > 1 ? $"==> {id} <==" : null, file!);
                }

                return ExitCodes.Done;
            }

            foreach (var (id, file) in logs.Here.Select(log => (log.Key, new FileInfo(log.Value))).OrderByDescending(log => log.Item2.LastWriteTimeUtc).Take(Listed).Reverse())
                session.Console.Out.WriteLine($"{file.LastWriteTime:yyyy-MM-dd HH:mm:ss}  {Quantities.Size(file.Length),10}  {id}");
            if (logs.Here.Count > Listed)
                session.Console.Out.WriteLine($"These are the latest of {logs.Here.Count}");
            return ExitCodes.Done;
        });
    }

    private static void Print(Session session, string? heading, string file)
    {
        if (heading is not null)
            session.Console.Out.WriteLine(heading);
        foreach (var line in File.ReadLines(file))
            session.Console.Out.WriteLine(line);
    }
}
