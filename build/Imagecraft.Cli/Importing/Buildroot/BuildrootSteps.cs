// Commands and hooks of a package, by the step of a recipe that they become. Pure.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>Shell of a package.</summary>
internal sealed class BuildrootSteps(BuildrootFindings found, string system, string subfolder)
{
    private static readonly Reason NoPlace = new("a recipe has no step at that time", "Do it in `before:` or `after:`, or by a patch");

    private readonly BuildrootCommands _commands = new(found.Name, found.Scope, found.Files, subfolder, found.Taken);

    /// <summary>What comes before configuring.</summary>
    public ImmutableArray<ForeignShell> Before()
    {
        var hooks = Hooks("POST_EXTRACT_HOOKS").AddRange(Hooks("POST_PATCH_HOOKS")).AddRange(Hooks("PRE_CONFIGURE_HOOKS"));
        if (system == "autotools" && found.Text("AUTORECONF") == "YES")
            hooks = hooks.Add(new(string.Join(' ', ["autoreconf --force --install", .. found.Words("AUTORECONF_OPTS").Select(word => word.Text)]), ForeignCondition.Always, found.PlaceOf("AUTORECONF")));
        if (found.Text("AUTOGEN") == "YES")
            found.Tell("AUTOGEN", new("what `autogen.sh` does is not known", "Write `before: ./autogen.sh`, where it fetches nothing"));
        return hooks;
    }

    /// <summary>What comes after installing.</summary>
    public ImmutableArray<ForeignShell> After()
    {
        var own = ImmutableArray.CreateBuilder<ForeignShell>();
        if (system != "script")
            foreach (var suffix in new[] { "INSTALL_TARGET_CMDS", "INSTALL_STAGING_CMDS", "CONFIGURE_CMDS", "BUILD_CMDS" })
                if (found.Scope.Defines.TryGetValue(found.Full(suffix), out var defines))
                    found.Rest.AddRange(defines.Select(define => new Untranslated(define.Define.Place, $"define {define.Define.Name}", new($"it takes the place of what `{system}` does", "Write `build: { system: script, steps: ... }` if that is not enough"))));
        foreach (var suffix in new[] { "POST_INSTALL_TARGET_HOOKS", "POST_INSTALL_STAGING_HOOKS", "POST_INSTALL_HOOKS" })
            own.AddRange(Hooks(suffix, suffix.Contains("STAGING", StringComparison.Ordinal)));
        foreach (var suffix in new[] { "PRE_BUILD_HOOKS", "POST_BUILD_HOOKS", "POST_CONFIGURE_HOOKS", "PRE_INSTALL_TARGET_HOOKS", "PRE_INSTALL_STAGING_HOOKS", "POST_RSYNC_HOOKS", "PRE_PATCH_HOOKS", "PRE_EXTRACT_HOOKS", "PRE_DOWNLOAD_HOOKS", "POST_DOWNLOAD_HOOKS", "TARGET_FINALIZE_HOOKS" })
            if (found.Scope.Has(found.Full(suffix)))
                found.Tell(suffix, NoPlace);
        foreach (var suffix in new[] { "LINUX_CONFIG_FIXUPS", "EXTRACT_CMDS" })
            if (found.Scope.Defines.TryGetValue(found.Full(suffix), out var defines))
                found.Rest.AddRange(defines.Select(define => new Untranslated(define.Define.Place, $"define {define.Define.Name}", suffix == "EXTRACT_CMDS" ? new("sources are unpacked in one way", "`unpack`, `strip` and `into` of `sources:` say how") : new("symbols of the kernel are set by its fragments", "Write a feature with `kernel-fragments:`, and name it in `needs-feature:` of the package"))));
        return own.ToImmutable();
    }

    /// <summary>All commands of a package that has no build system.</summary>
    public ImmutableArray<ForeignShell> All()
    {
        if (system != "script")
            return [];
        var all = ImmutableArray.CreateBuilder<ForeignShell>();
        foreach (var suffix in new[] { "CONFIGURE_CMDS", "BUILD_CMDS" })
            all.AddRange(Commands(suffix, isStaging: false));
        var staging = Commands("INSTALL_STAGING_CMDS", isStaging: true);
        var target = Commands(found.IsHost ? "INSTALL_CMDS" : "INSTALL_TARGET_CMDS", isStaging: false);
        // Both install into one tree here, so that what is the same runs once.
        all.AddRange(staging.Where(one => !target.Any(other => other.Text == one.Text)));
        all.AddRange(target);
        return all.ToImmutable();
    }

    private ImmutableArray<ForeignShell> Commands(string suffix, bool isStaging) =>
        found.Scope.Defines.TryGetValue(found.Full(suffix), out var defines) ? [.. defines.Select(define => Translate(define, ForeignCondition.Always, isStaging, isNeeded: true)).OfType<ForeignShell>()] : [];

    private ImmutableArray<ForeignShell> Hooks(string suffix, bool isStaging = false)
    {
        var shells = ImmutableArray.CreateBuilder<ForeignShell>();
        foreach (var word in found.Words(suffix))
        {
            if (!found.Scope.Defines.TryGetValue(word.Text, out var defines))
                found.Rest.Add(new(word.Place, $"{found.Full(suffix)}: {word.Text}", new($"`{word.Text}` is defined nowhere in the file", "See Buildroot's own files for what it does")));
            else
                shells.AddRange(defines.Select(define => Translate(define, word.When, isStaging, isNeeded: false)).OfType<ForeignShell>());
        }

        return shells.ToImmutable();
    }

    private ForeignShell? Translate(ConditionalDefine define, ForeignCondition when, bool isStaging, bool isNeeded)
    {
        var counts = define.When.And(when);
        if (counts.IsNever)
            return null;
        if (_commands.Translate(define.Define, isStaging, out var problem) is { } text)
            return text.Length == 0 ? null : new(text, counts, define.Define.Place);
        found.Rest.Add(problem! with { Reason = problem.Reason with { Why = $"{problem.Reason.Why}, so `{define.Define.Name}` is left out as a whole" } });
        // Without this step nothing right could come out.
        return isNeeded ? new($"echo \"`{define.Define.Name}` is not translated: see {define.Define.Place}\" >&2\nexit 1".Replace("`", "'", StringComparison.Ordinal), ForeignCondition.Always, define.Define.Place) : null;
    }
}
