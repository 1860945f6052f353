// Several commands as one argument list, run one after the other in one sandbox. Unaware of what they do.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Planning.Recipes;

/// <summary>Builds the arguments of <c>Scripts/run</c>: commands separated by <c>;;</c>, so nothing is ever quoted for a shell.</summary>
public sealed class Steps
{
    private readonly ImmutableArray<string>.Builder arguments = ImmutableArray.CreateBuilder<string>();

    /// <summary>Where the runner is mounted.</summary>
    public const string RunnerPath = "/imagecraft/run";

    /// <summary>The runner as an input.</summary>
    public static InputEdge Runner { get; } = new(RunnerPath, new InputSource.Inline(EmbeddedText.Read("run"), Executable: true), "the script that runs the steps");

    /// <summary>Where the program that strips is mounted.</summary>
    public const string StripperPath = "/imagecraft/strip";

    /// <summary>The program that strips what was installed, as an input.</summary>
    public static InputEdge Stripper { get; } = new(StripperPath, new InputSource.Inline(EmbeddedText.Read("strip"), Executable: true), "installed programs are stripped");

    /// <summary>Adds a command.</summary>
    public Steps Then(params IEnumerable<string> command)
    {
        if (arguments.Count > 0)
            arguments.Add(";;");
        arguments.AddRange(command);
        return this;
    }

    /// <summary>Where the program is mounted that gives jobs to programs which know no jobserver.</summary>
    private const string JobsPath = "/imagecraft/take-jobs";

    /// <summary>That program, as an input.</summary>
    public static InputEdge Jobs { get; } = new(JobsPath, new InputSource.Inline(EmbeddedText.Read("take-jobs"), Executable: true), "the script that takes jobs of the jobserver");

    /// <summary>What stands for the number of jobs in <see cref="ThenWithJobs"/>.</summary>
    public const string JobCount = "@JOBS@";

    /// <summary>Adds a command that knows no jobserver, with as many jobs as are free in place of <see cref="JobCount"/>; it needs <see cref="Jobs"/>.</summary>
    public Steps ThenWithJobs(params IEnumerable<string> command) => Then(["/bin/bash", JobsPath, .. command]);

    /// <summary>Adds shell text of our own.</summary>
    public Steps ThenShell(string text) => Then("/bin/sh", "-eu", "-c", text);

    /// <summary>Adds shell text of the recipe's author, for bash, which says of several commands which one failed; nothing when there is none.</summary>
    /// <param name="key">The key under which it stands in the recipe: the name that messages call it by.</param>
    /// <param name="text">The commands.</param>
    public Steps ThenText(string key, string? text) => string.IsNullOrWhiteSpace(text) ? this : Then("/bin/bash", "-Eeu", "-c", Trap + text, key);

    // On the text's own first line, so that its lines are counted as the author counts them.
    private const string Trap = """trap 'code=$?; printf "%s, line %s: %s: failed with exit code %s\n" "$0" "$LINENO" "$BASH_COMMAND" "$code" >&2' ERR; """;

    /// <summary>The whole command line.</summary>
    public ImmutableArray<string> ToArguments() => ["/bin/bash", RunnerPath, .. arguments];
}
