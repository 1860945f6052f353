// Forms that several kinds share: checks, services, attributes of files. Unaware of the kinds.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>checks:</c> of recipes, accelerators, images and models.</summary>
static class CheckForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required("name", ScalarShapes.Name, "unique within its owner");
    static readonly Field<Sited<string>> Run = Keys.Required("run", ScalarShapes.Text, "shell command on the board");
    static readonly Field<int> Exit = Keys.Optional("exit", ScalarShapes.Count.Select(exit => exit.Value), 0, "expected exit code");
    static readonly Field<ImmutableArray<Sited<string>>> Contains = Keys.List("contains", ScalarShapes.Text, "texts that the output must contain");
    static readonly Field<ImmutableArray<Sited<string>>> Matches = Keys.List("matches", ScalarShapes.Text, "regular expressions that the output must match");
    static readonly Field<int> Timeout = Keys.Optional("timeout", ScalarShapes.Count.Select(seconds => seconds.Value), 30, "seconds after which it has failed");

    public static Form<CheckSpec> Form { get; } = new("a check", Keys, values => new CheckSpec
    {
        Name = values.Get(Name),
        Run = values.Get(Run),
        Exit = values.Get(Exit),
        Contains = values.Get(Contains),
        Matches = values.Get(Matches),
        TimeoutSeconds = values.Get(Timeout),
    });
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
    static readonly Field<Sited<string>?> Mode = Keys.Maybe("mode", ScalarShapes.Mode, "octal mode such as 4755");
    static readonly Field<Sited<string>?> Owner = Keys.Maybe("owner", ScalarShapes.Text, "user name or number");
    static readonly Field<Sited<string>?> Group = Keys.Maybe("group", ScalarShapes.Text, "group name or number");

    public static Form<FileAttributes> Form { get; } = new("attributes of files", Keys,
        values => new FileAttributes(values.Get(Path), values.Get(Mode), values.Get(Owner), values.Get(Group)));
}
