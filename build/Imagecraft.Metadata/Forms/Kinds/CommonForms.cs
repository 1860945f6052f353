// Forms that several kinds share: checks, services, attributes of files. Unaware of the kinds.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>checks:</c> of recipes, accelerators, boards, images and models.</summary>
static class CheckForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required("name", ScalarShapes.Name, "unique within its owner");
    static readonly Field<Sited<string>> Run = Keys.Required("run", ScalarShapes.Text, "shell command on the board");
    static readonly Field<int> Exit = Keys.Optional("exit", ScalarShapes.Count.Select(exit => exit.Value), 0, "expected exit code");
    static readonly Field<Sited<string>?> Output = Keys.Maybe("output", ScalarShapes.Text, "the whole output, apart from line breaks at its end");
    static readonly Field<Sited<string>?> Golden = Keys.Maybe("golden", FileShapes.FileToCome, "file with the whole output; `check --accept` writes it");
    static readonly Field<ImmutableArray<Sited<string>>> Contains = Keys.List("contains", ScalarShapes.Text, "texts that the output must contain");
    static readonly Field<ImmutableArray<Sited<string>>> Matches = Keys.List("matches", ScalarShapes.Text, "regular expressions that the output must match");
    static readonly Field<int> Timeout = Keys.Optional("timeout", ScalarShapes.Count.Select(seconds => seconds.Value), 30, "seconds after which it has failed");
    static readonly Field<ImmutableArray<Sited<string>>> Needs = Keys.List("needs", ScalarShapes.Text, "what must hold first: a check (NAME or OWNER/NAME), a path on the board, or package:NAME, accelerator:NAME, model:NAME");

    public static Form<CheckSpec> Form { get; } = new("a check", Keys, values => new CheckSpec
    {
        Name = values.Get(Name),
        Run = values.Get(Run),
        Exit = values.Get(Exit),
        Output = values.Get(Output),
        Golden = values.Get(Golden),
        Contains = values.Get(Contains),
        Matches = values.Get(Matches),
        TimeoutSeconds = values.Get(Timeout),
        Needs = values.Get(Needs),
    }, OneWholeOutput);

    static bool OneWholeOutput(Values values)
    {
        if (values.Get(Output) is null || values.Get(Golden) is not { } golden)
            return true;
        values.Reading.Error(Codes.Contradiction, "`output` and `golden` both say what the whole output is", golden.Span, "Remove one of them");
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
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required("name", ScalarShapes.Name, "name, also of its log tag");
    static readonly Field<Sited<string>> Run = Keys.Required("run", ScalarShapes.Text, "command line");
    static readonly Field<Sited<string>?> Kind = Keys.Maybe("kind", ScalarShapes.OneOf("once", "daemon", "respawn"), "once (waited for at boot), daemon (started, not restarted) or respawn");
    static readonly Field<ImmutableArray<Sited<string>>> After = Keys.List("after", ScalarShapes.Name, "services that start before it");

    public static Form<ServiceSpec> Form { get; } = new("a service", Keys, values => new ServiceSpec
    {
        Name = values.Get(Name),
        Run = values.Get(Run),
        Kind = values.Get(Kind),
        After = values.Get(After),
    });
}

/// <summary><c>attributes:</c> of packages and images, <c>devices:</c> of accelerators.</summary>
static class AttributesForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Path = Keys.Required("path", ScalarShapes.TargetPath, "glob of absolute paths on the board");
    static readonly Field<Sited<UnixMode>?> Mode = Keys.Maybe("mode", ScalarShapes.Mode, "octal mode such as 4755");
    static readonly Field<Sited<string>?> Owner = Keys.Maybe("owner", ScalarShapes.Text, "user name or number");
    static readonly Field<Sited<string>?> Group = Keys.Maybe("group", ScalarShapes.Text, "group name or number");

    public static Form<FileAttributes> Form { get; } = new("attributes of files", Keys,
        values => new FileAttributes(values.Get(Path), values.Get(Mode), values.Get(Owner), values.Get(Group)));
}
