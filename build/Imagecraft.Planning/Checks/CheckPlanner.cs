// Which checks a booted image must pass: those of image, recipes, board, models, and of the accelerators' modules and device nodes. Unaware of QEMU.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Imaging;
using Imagecraft.Planning.Models;
using FileAttributes = Imagecraft.Metadata.Model.FileAttributes;

namespace Imagecraft.Planning.Checks;

/// <summary>A check with the name of who declared it.</summary>
public sealed record PlannedCheck(string Owner, CheckSpec Check)
{
    /// <summary>Accelerators that the check is about and a program serves: its machine must have them.</summary>
    public ImmutableArray<string> Accelerators { get; init; } = [];
}

/// <summary>Collects checks.</summary>
public static class CheckPlanner
{
    /// <summary>Emulated processors take their time for a large network.</summary>
    private const int VerifySeconds = 300;

    private const string AcceleratorThing = "accelerator:";

    /// <summary>The accelerators of the board whose driver its kernel's version has.</summary>
    public static IEnumerable<Accelerator> Accelerators(Workspace workspace, Board board) => board.Accelerators
        .Where(a => workspace.Accelerators.ContainsKey(a))
        .Select(a => workspace.Accelerators[a])
        .Where(a => !workspace.Recipes.TryGetValue(board.Kernel, out var kernel) || HasDriver(kernel, a));

    /// <summary>Whether a kernel is new enough for an accelerator.</summary>
    public static bool HasDriver(Recipe kernel, Accelerator accelerator) => accelerator.SinceKernel is not { } since || Versions.Compare(kernel.Version, since) >= 0;

    /// <summary>All checks in the order: the machine, image, features, recipes, accelerators, board, models. Those that need a package, accelerator or model which the image does not have are not among them.</summary>
    public static ImmutableArray<PlannedCheck> Of(PlanContext context, Board board, Image image, Inference inference)
    {
        var packages = PackageClosure.Of(context, board, image);
        var recipes = packages.Select(c => c.Recipe).DistinctBy(r => r.Name.Value);
        var accelerators = Accelerators(context.Workspace, board).ToList();
        // What exists as software only is on no board on a desk.
        bool IsThere(Accelerator? accelerator) => !context.Options.OnBoard || accelerator?.Server is null;
        var hasRuntime = packages.Any(c => c.Package.Name.Value == InstructionCounter.Runtime);
        HashSet<string> things =
        [
            .. packages.Select(p => $"package:{p.Package.Name}"),
            .. accelerators.Where(IsThere).Select(a => $"{AcceleratorThing}{a.Name}"),
            .. image.Models.Select(m => $"model:{m.Model}"),
        ];
        ImmutableArray<PlannedCheck> all =
        [
            .. Machine(context.Workspace, board),
            .. image.Checks.Select(c => new PlannedCheck(image.Name, c)),
            .. image.Features.Where(f => context.Workspace.Features.ContainsKey(f)).SelectMany(f => context.Workspace.Features[f].Checks.Select(c => new PlannedCheck(f, c))),
            .. recipes.SelectMany(r => r.Checks.Select(c => new PlannedCheck(r.Name, c))),
            .. accelerators.Where(IsThere).SelectMany(a => OfAccelerator(a, board, context.Options.OnBoard).Select(c => new PlannedCheck(a.Name, c))),
            .. board.Checks.Select(c => new PlannedCheck(board.Name, c)),
            .. Deployment.Of(context.Workspace, image, inference).Where(d => IsThere(d.Inference.Runner)).SelectMany(d => OfModel(d, hasRuntime).Select(c => new PlannedCheck(d.Folder, c) { Accelerators = Served(d.Inference.Runner?.Name.Value) })),
        ];
        return [.. all.Where(c => c.Check.Needs.All(need => !IsThing(need) || things.Contains(need))).Select(WithServed)];

        ImmutableArray<string> Served(string? name) => accelerators.Any(a => a.Name.Value == name && a.Server is not null) ? [name!] : [];

        PlannedCheck WithServed(PlannedCheck check) => check with
        {
            Accelerators = [.. check.Check.Needs.Where(need => need.Value.StartsWith(AcceleratorThing, StringComparison.Ordinal)).Select(need => need.Value[AcceleratorThing.Length..]).Append(check.Owner).SelectMany(name => Served(name)).Concat(check.Accelerators).Distinct()],
        };
    }

    /// <summary>The board reproduces the golden outputs, which needs the runtime in the image; a recipe's own checks look for it at its usual place.</summary>
    private static IEnumerable<CheckSpec> OfModel(Deployment deployment, bool hasRuntime)
    {
        var name = deployment.Model.Name;
        if (hasRuntime)
        {
            yield return new()
            {
                Name = name with { Value = "verify" },
                Run = name with { Value = $"{InstructionCounter.Runtime} verify /usr/share/models/{deployment.Folder}{OnDevice(deployment)}" },
                Contains = [name with { Value = " reproduced" }],
                TimeoutSeconds = VerifySeconds,
            };
        }

        foreach (var check in deployment.Folder == name.Value ? deployment.Model.Checks : [])
            yield return check;
    }

    // Where the accelerator has a provider: that it ran there, and what the recipe allows it to cost.
    private static string OnDevice(Deployment deployment)
    {
        if (deployment.Inference.Runner is not { Provider: not null } runner)
            return "";
        var budget = deployment.Model.Budgets.FirstOrDefault(b => b.Accelerator.Value == runner.Name.Value);
        return (deployment.Fallback ? " --device npu" : " --require-device") + string.Concat(
            new (string Option, IFormattable? Limit)[] { ("min-share", budget?.Share), ("max-regions", budget?.Regions), ("max-crossings", budget?.Crossings), ("max-cycles", budget?.Cycles) }
                .Where(bound => bound.Limit is not null).Select(bound => $" --{bound.Option} {bound.Limit!.ToString(null, CultureInfo.InvariantCulture)}"));
    }

    /// <summary>The kernel runs on the architecture that the board says.</summary>
    private static IEnumerable<PlannedCheck> Machine(Workspace workspace, Board board)
    {
        if (!workspace.Architectures.TryGetValue(board.Architecture, out var architecture))
            yield break;
        Sited<string> Written(string text) => new(text, architecture.Cpu.Span);
        yield return new(board.Name, new() { Name = Written("machine"), Run = Written("uname -sm"), Matches = [Written($"^Linux {architecture.Cpu}$")] });
    }

    /// <summary>The module was loaded for its hardware; where that is absent, it can be loaded at least.</summary>
    public static CheckSpec ModuleCheck(Sited<string> module, bool isPresent)
    {
        var listed = module.Value.Replace('-', '_');
        return new()
        {
            Name = module with { Value = $"module-{module}" },
            Run = module with { Value = EmbeddedText.Command("check-module", [module, isPresent ? "present" : "absent"]) },
            Contains = [module with { Value = $"{listed} " }],
            TimeoutSeconds = 60,
        };
    }

    /// <summary>A node that matches the glob is there with the declared mode and group.</summary>
    public static CheckSpec DeviceCheck(FileAttributes device)
    {
        var path = device.Path.Value;
        return new()
        {
            Name = device.Path with { Value = $"device-{string.Concat(path["/dev/".Length..].Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-'))}" },
            Run = device.Path with { Value = EmbeddedText.Command("check-device", [path, Expected(device)]) },
            Contains = [device.Path with { Value = Expected(device) }],
            TimeoutSeconds = 60,
        };
    }

    private static string Expected(FileAttributes device) => $" {device.Mode?.Value.Digits ?? "660"} {device.Owner?.Value ?? "root"} {device.Group?.Value ?? "root"}";

    private static IEnumerable<CheckSpec> OfAccelerator(Accelerator accelerator, Board board, bool onBoard)
    {
        var isPresent = onBoard || board.Qemu is not { } qemu || !qemu.Without.Any(w => w.Value == accelerator.Name.Value);
        return [.. accelerator.Modules.Select(m => ModuleCheck(m, isPresent)), .. isPresent ? accelerator.Devices.Select(DeviceCheck) : [], .. accelerator.Checks];
    }

    private static bool IsThing(string need) => !need.StartsWith('/') && need.Contains(':', StringComparison.Ordinal);
}
