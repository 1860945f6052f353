// Forms that several kinds share: checks, services, attributes of files. Unaware of the kinds.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>checks:</c> of recipes, accelerators, boards, images and models.</summary>
static class CheckForm
{
    static readonly string[] Things = ["package", "accelerator", "model"];

    static readonly Shape<Sited<string>> Need = new Scalar<string>(
        "a check, a path on the board, or package:NAME, accelerator:NAME or model:NAME",
        text => (text, text.Length > 0 && (text.StartsWith('/') || text.IndexOf(':') is var colon && (colon < 0 || (Things.Contains(text[..colon]) && colon < text.Length - 1)))),
        () => new() { ["type"] = "string" },
        text => (Codes.UnknownWord, text.IndexOf(':') is > 0 and var colon && Nearest.To(text[..colon], Things) is { } near ? $"Did you mean `{near}{text[colon..]}`?" : null));

    static readonly Shape<Sited<string>> Fault = new Scalar<string>(
        "a fault such as `stall` or `bit-flip:2`", text => (text, FaultNames.IsFault(text)),
        () => new() { ["type"] = "string", ["pattern"] = FaultNames.Pattern },
        text => (Codes.UnknownWord, FaultNames.All.Contains(text.Split(':')[0]) ? "Write a number of jobs from 1 to 999999 behind the colon" : Nearest.Hint(text.Split(':')[0], FaultNames.All, "fault")));

    static readonly Shape<Sited<string>> End = ScalarShapes.OneOf("reboot", "panic");

    public static Form<CheckSpec> Form { get; } = new("a check", keys => new CheckSpec
    {
        Name = keys.Required("name", ScalarShapes.Name, "unique within its owner"),
        Run = keys.Required("run", TextShapes.Script, "shell command on the board"),
        Exit = keys.Optional("exit", ScalarShapes.Between(0, 255), 0, "expected exit code"),
        Output = keys.Maybe("output", ScalarShapes.Text, "the whole output, apart from line breaks at its end"),
        Golden = keys.Maybe("golden", FileShapes.FileToCome, "file with the whole output; `check --accept` writes it"),
        Contains = keys.List("contains", ScalarShapes.Text, "texts that the output must contain"),
        Matches = keys.List("matches", TextShapes.Expression, "regular expressions that the output must match"),
        TimeoutSeconds = keys.Optional("timeout", ScalarShapes.Between(1, 86400), 30, "seconds after which it has failed"),
        Needs = keys.List("needs", Need, "what must hold first: a check (NAME or OWNER/NAME), a path on the board, or package:NAME, accelerator:NAME, model:NAME"),
        Expects = keys.Maybe("expects", End, "what the command does to the machine, without which the check fails"),
        KernelMessages = keys.List("kernel-messages", TextShapes.Expression, "regular expressions of what the kernel must say meanwhile, which is then no fault"),
        Faults = keys.List("faults", Fault, "what goes wrong with the accelerators that it is about, which a program serves: the next job (or so many, `stall:2`) or firmware"),
        Tags = keys.List("tags", ScalarShapes.Name, "words by which `check --tag` and `--without-tag` choose"),
        KnownFailure = keys.Maybe("known-failure", ScalarShapes.Text, "why it fails, as is known: it is told and fails nothing"),
    }, (made, keys) => OneWholeOutput(made, keys) && NoOutputOfTheDead(made, keys));

    static bool NoOutputOfTheDead(CheckSpec made, Keys keys)
    {
        Sited<string>? asked = made.Output ?? made.Golden ?? made.Contains.Concat(made.Matches).Concat(made.KernelMessages).FirstOrDefault();
        if (made.Expects is not { } expects || asked is null)
            return true;
        keys.Reading.Error(Codes.Contradiction, $"A check that `expects` a {expects.Value} is judged by that alone, and here something is asked of what it prints", asked.Span, "Remove it, or make it a check of its own");
        return false;
    }

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
    public static string[] All { get; } = ["clock", "disk", "entropy", "kernel-log", "mounts", "network", "reboot", "services", "state"];

    /// <summary>One of them.</summary>
    public static Shape<Sited<string>> Shape { get; } = ScalarShapes.OneOf(All);
}

/// <summary><c>services:</c> of recipes and images.</summary>
static class ServiceForm
{
    const string Respawn = "respawn";

    static readonly Shape<Sited<string>> Kind = ScalarShapes.OneOf("once", "daemon", Respawn);

    static readonly Shape<Sited<string>> Init = ScalarShapes.OneOf("busybox", "systemd");

    public static Form<ServiceSpec> Form { get; } = new("a service", keys => new ServiceSpec
    {
        Name = keys.Required("name", ScalarShapes.Name, "name, also of its log tag"),
        Run = keys.Required("run", TextShapes.Script, "shell script; what runs on stays in the foreground"),
        Kind = keys.Maybe("kind", Kind, "once (waited for at boot), daemon (started, not started anew) or respawn"),
        Init = keys.Maybe("init", Init, "the only init that starts it, where another has something of its own in its place; each when absent"),
        After = keys.List("after", ScalarShapes.Name, "services that start before it; those that run once have ended then"),
        User = keys.Maybe("user", AccountShapes.Name, "user who runs it; root when absent"),
        Environment = keys.Map("environment", TextShapes.Line, "variables of its environment", TextShapes.Variable),
        Restarts = keys.Maybe("restarts", ScalarShapes.Count, "how often it is started anew within five minutes, after which it has failed; always again when absent"),
    }, OnlyRespawnsAreLimited);

    static bool OnlyRespawnsAreLimited(ServiceSpec made, Keys keys)
    {
        if (made.Restarts is not { } limit || made.Kind?.Value == Respawn)
            return true;
        keys.Reading.Error(Codes.Contradiction, $"The service `{made.Name}` is not started anew, so `restarts` says nothing", limit.Span, $"Write `kind: {Respawn}`, or remove it");
        return false;
    }
}

/// <summary><c>folders:</c> of recipes.</summary>
static class FolderForm
{
    public static Form<FolderSpec> Form { get; } = new("a folder", keys => new FolderSpec(
        keys.Required("path", ScalarShapes.TargetFile, "absolute path on the board"),
        keys.Maybe("mode", ScalarShapes.Mode, "octal mode; 0755 when absent"),
        keys.Maybe("owner", AccountShapes.NameOrId, "user name or number; root when absent"),
        keys.Maybe("group", AccountShapes.NameOrId, "group name or number; root when absent")));
}

/// <summary><c>attributes:</c> of packages and images.</summary>
static class AttributesForm
{
    public static Form<FileAttributes> Form { get; } = new("attributes of files", keys => new FileAttributes(
        keys.Required("path", ScalarShapes.TargetPath, "glob of absolute paths on the board"),
        keys.Maybe("mode", ScalarShapes.Mode, "octal mode such as 4755"),
        keys.Maybe("owner", AccountShapes.NameOrId, "user name or number"),
        keys.Maybe("group", AccountShapes.NameOrId, "group name or number"))
    {
        Capabilities = keys.List("capabilities", ExtendedShapes.Capability, "what the program may do without being root, such as cap_net_raw: permitted and effective"),
        Xattrs = keys.Map("xattrs", ExtendedShapes.Value, "extended attributes: text, or bytes such as 0x01ff", ExtendedShapes.Name),
    }, SaysSomething);

    static bool SaysSomething(FileAttributes made, Keys keys)
    {
        if (made.Mode is not null || made.Owner is not null || made.Group is not null || made.IsExtended)
            return true;
        keys.Reading.Error(Codes.MissingKey, $"The rule for `{made.Path.Value}` says nothing", made.Path.Span, "Add `mode:`, `owner:`, `group:`, `capabilities:` or `xattrs:`, or remove it");
        return false;
    }
}

/// <summary><c>devices:</c> of accelerators.</summary>
static class DeviceForm
{
    static readonly Shape<Sited<string>> Node = new Scalar<string>(
        "the path or glob of a device node such as `/dev/dri/renderD*`", text => (text, text.StartsWith("/dev/", StringComparison.Ordinal) && TargetPaths.IsGlob(text) && !text.EndsWith('/')),
        () => new() { ["type"] = "string", ["pattern"] = "^/dev/." });

    public static Form<FileAttributes> Form { get; } = new("a device node", keys => new FileAttributes(
        keys.Required("path", Node, "glob of device nodes"),
        keys.Maybe("mode", ScalarShapes.Mode, "octal mode; 0660 when absent"),
        keys.Maybe("owner", AccountShapes.NameOrId, "user name or number"),
        keys.Maybe("group", AccountShapes.NameOrId, "group name or number")));
}
