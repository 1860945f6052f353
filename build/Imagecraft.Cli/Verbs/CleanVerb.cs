// `clean`: removes the workspace's artifacts. Unaware of the cache, which `cache gc` keeps small.

using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Verbs;

/// <summary>Removes <c>out/</c>.</summary>
public static class CleanVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("clean", "Remove the artifacts below `out/`; the cache stays", (command, session) =>
        command.SetAction(_ =>
        {
            var folder = Path.Combine(session.WorkspaceRoot, "out");
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            session.Console.Out.WriteLine($"Removed `{folder}`");
            return ExitCodes.Done;
        }));
}
