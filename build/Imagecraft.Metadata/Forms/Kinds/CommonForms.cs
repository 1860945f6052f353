// Forms that several kinds share: checks, services, attributes of files. Unaware of the kinds.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>checks:</c> of recipes, accelerators, boards, images and models.</summary>
static class CheckForm
{
    public static Form<CheckSpec> Form { get; } = new("a check", keys => new CheckSpec
    {
        Name = keys.Required("name", ScalarShapes.Name, "unique within its owner"),
        Run = keys.Required("run", ScalarShapes.Text, "shell command on the board"),
        Exit = keys.Optional("exit", ScalarShapes.PlainCount, 0, "expected exit code"),
        Output = keys.Maybe("output", ScalarShapes.Text, "the whole output, apart from line breaks at its end"),
        Golden = keys.Maybe("golden", FileShapes.FileToCome, "file with the whole output; `check --accept` writes it"),
        Contains = keys.List("contains", ScalarShapes.Text, "texts that the output must contain"),
        Matches = keys.List("matches", ScalarShapes.Text, "regular expressions that the output must match"),
        TimeoutSeconds = keys.Optional("timeout", ScalarShapes.PlainCount, 30, "seconds after which it has failed"),
        Needs = keys.List("needs", ScalarShapes.Text, "what must hold first: a check (NAME or OWNER/NAME), a path on the board, or package:NAME, accelerator:NAME, model:NAME"),
    }, OneWholeOutput);

    static bool OneWholeOutput(CheckSpec made, Keys keys)
    {
        if (made.Output is null || made.Golden is not { } golden)
            return true;
        keys.Reading.Error(Codes.Contradiction, "`output` and `golden` both say what the whole output is", golden.Span, "Remove one of them");
        return false;
    }
}

/// <summary><c>without-checks:</c> of boards and images.</summary>
static class BootCheckNames
{
    /// <summary>The names of the checks that every boot must pass.</summary>
    public static string[] All { get; } = ["clock", "entropy", "kernel-log", "mounts", "network", "services", "state"];

    /// <summary>One of them.</summary>
    public static Shape<Sited<string>> Shape { get; } = ScalarShapes.OneOf(All);
}

/// <summary><c>services:</c> of recipes and images.</summary>
static class ServiceForm
{
    static readonly Shape<Sited<string>> Kind = ScalarShapes.OneOf("once", "daemon", "respawn");

    public static Form<ServiceSpec> Form { get; } = new("a service", keys => new ServiceSpec
    {
        Name = keys.Required("name", ScalarShapes.Name, "name, also of its log tag"),
        Run = keys.Required("run", ScalarShapes.Text, "command line"),
        Kind = keys.Maybe("kind", Kind, "once (waited for at boot), daemon (started, not restarted) or respawn"),
        After = keys.List("after", ScalarShapes.Name, "services that start before it"),
    });
}

/// <summary><c>attributes:</c> of packages and images, <c>devices:</c> of accelerators.</summary>
static class AttributesForm
{
    public static Form<FileAttributes> Form { get; } = new("attributes of files", keys => new FileAttributes(
        keys.Required("path", ScalarShapes.TargetPath, "glob of absolute paths on the board"),
        keys.Maybe("mode", ScalarShapes.Mode, "octal mode such as 4755"),
        keys.Maybe("owner", ScalarShapes.Text, "user name or number"),
        keys.Maybe("group", ScalarShapes.Text, "group name or number")));
}
