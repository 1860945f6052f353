// `build`: single recipes or actions, for those who work on them. Unaware of how they are built.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Verbs;

/// <summary>Builds recipes and models without an image; their results stay in the cache.</summary>
public static class BuildVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("build", "Build single recipes or models, e.g. `build busybox`, or actions, e.g. `build linux:build`", Build);

    private static void Build(Command command, Session session)
    {
        var names = new Argument<string[]>("recipe") { Description = "Recipes, models or actions; `recipe:NAME` and `model:NAME` where both have one name", Arity = ArgumentArity.OneOrMore };
        command.Arguments.Add(names);
        var host = new Option<bool>("--host") { Description = "Build recipes for the build host, as they are where others name them under `tools:`" };
        command.Options.Add(host);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var asked = new AskedNames(parsed.GetValue(names)!, parsed.GetValue(host));
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed), asked.Extras).ConfigureAwait(false);
            var result = await workshop.BuildAsync(asked.Goals, null).ConfigureAwait(false);
            return result.ExitCode;
        });
    }
}
