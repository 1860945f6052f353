// Functions of a recipe, by the step that they become. Pure.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>Shell of a recipe.</summary>
internal sealed class YoctoSteps(YoctoFindings found, string system, BitbakeShell shell)
{
    private const string Tests = "tests of Yocto's own form (ptest); `checks:` prove a recipe on the board";

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>What comes before configuring.</summary>
    public ImmutableArray<ForeignShell> Before()
    {
        if (system == "script")
            return [];
        var before = ImmutableArray.CreateBuilder<ForeignShell>();
        before.AddRange(Of("do_patch", "append", isNeeded: false));
        before.AddRange(Of("do_configure", "prepend", isNeeded: false));
        // The class does so before each `configure`.
        if (system == "autotools" && !Own("do_configure"))
            before.Add(new("autoreconf --force --install", ForeignCondition.Always, found.Classes.Find(one => one.Name.StartsWith("autotools", StringComparison.Ordinal)).Place));
        return before.ToImmutable();
    }

    /// <summary>All steps of a recipe without a build system.</summary>
    public ImmutableArray<ForeignShell> All()
    {
        if (system != "script")
            return [];
        var all = ImmutableArray.CreateBuilder<ForeignShell>();
        foreach (var task in new[] { "do_configure", "do_compile", "do_install" })
        {
            all.AddRange(Of(task, "prepend", isNeeded: true));
            if (Own(task))
                all.AddRange(Of(task, "", isNeeded: true));
            else if (task == "do_compile" && shell.Make("EXTRA_OEMAKE") is { } extra)
                all.Add(new($"if [ -e Makefile ] || [ -e makefile ] || [ -e GNUmakefile ]; then make{(extra.Length > 0 ? $" {extra}" : "")}; fi", ForeignCondition.Always, found.Place));
            all.AddRange(Of(task, "append", isNeeded: true));
        }

        return all.ToImmutable();
    }

    /// <summary>What comes after installing.</summary>
    public ImmutableArray<ForeignShell> After()
    {
        var after = system == "script" ? [] : Of("do_install", "append", isNeeded: false);
        foreach (var (name, functions) in found.Scope.Functions.OrderBy(pair => pair.Value[0].Function.Place.Line))
        {
            if (name.Contains("ptest", StringComparison.Ordinal))
                found.Needless.Add(new(functions[0].Function.Place, name, Tests));
            else
                foreach (var function in functions.Where(function => !_known.Contains($"{name}:{function.Operation}")))
                    found.Rest.Add(new(function.Function.Place, $"{string.Join(':', function.Function.Overrides.Prepend(name))}()", Why(name, function.Operation)));
        }

        return after;
    }

    private Reason Why(string name, string operation) =>
        name.StartsWith("pkg_", StringComparison.Ordinal) ? new("no script runs when a package comes into an image", "Do it in `after:`, or once at boot by a service of `kind: once`")
        : operation.Length == 0 && name.StartsWith("do_", StringComparison.Ordinal) ? new($"it takes the place of what `{system}` does", "Write `build: { system: script, steps: ... }` if that is not enough")
        : name.StartsWith("do_", StringComparison.Ordinal) ? new("a recipe has no step at that time", "Do it in `before:` or `after:`, or by a patch")
        : new("nothing that was translated calls it", "See who does, and do it by hand if it is needed");

    private bool Own(string task) => found.Scope.Functions.GetValueOrDefault(task, []).Exists(function => function.Operation.Length == 0);

    private ImmutableArray<ForeignShell> Of(string task, string operation, bool isNeeded)
    {
        _known.Add($"{task}:{operation}");
        var shells = ImmutableArray.CreateBuilder<ForeignShell>();
        var all = found.Scope.Functions.GetValueOrDefault(task, []).Where(function => function.Operation == operation);
        foreach (var function in operation == "prepend" ? all.Reverse() : all)
        {
            if (shell.Translate(function.Function, isBefore: task is "do_configure" or "do_patch" && system != "script", out var problem) is { } text)
            {
                if (text.Length > 0)
                    shells.Add(new(text, function.When, function.Function.Place));
                continue;
            }

            found.Rest.Add(problem!);
            // Without this step nothing right could come out.
            if (isNeeded)
                shells.Add(new($"echo '{task} is not translated: see {function.Function.Place}' >&2\nexit 1", ForeignCondition.Always, function.Function.Place));
        }

        return shells.ToImmutable();
    }
}
