// Whether every program of an image is hardened, as an action. Unaware of ELF.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Imaging;

internal static class HardeningCheck
{
    /// <summary>Name of the report among the artifacts.</summary>
    public const string Artifact = "hardening.txt";

    /// <summary>Plans it.</summary>
    /// <param name="context">Takes the action.</param>
    /// <param name="target">Board and image.</param>
    /// <param name="packages">The image's packages with their trees.</param>
    public static OutputRef Plan(PlanContext context, BoardTarget target, ImmutableArray<(ChosenPackage Chosen, OutputRef Tree)> packages)
    {
        var architecture = target.Target.Architecture;
        ImmutableArray<(ChosenPackage Chosen, OutputRef Tree)> programs = [.. packages.Where(p => p.Chosen.Recipe.Build is not (BuildSpec.Kernel or BuildSpec.KernelModule))];
        return context.Call(
            new($"{target.Image.Name}@{target.Board.Name}:hardening"),
            new CheckHardeningRequest(
                target.Image.Name,
                architecture.ElfMachine?.Value,
                // On x86-64 code is compiled for it, too, but Debian's C library is not, and what is linked with its start files gets no mark.
                architecture.HardeningFlags.Any(f => f.Value.StartsWith("-mbranch-protection", StringComparison.Ordinal)),
                [.. programs.Select(p => new HardenedPackage(p.Chosen.Package.Name, p.Chosen.Recipe.Name, p.Chosen.Recipe.Build is not (BuildSpec.Prebuilt or BuildSpec.Node), [.. Without(p.Chosen.Recipe.Build, architecture)]))]),
            "which recipes go without what",
            $"Check the hardening of {target.Image.Name}",
            [.. programs.Select(p => p.Tree.At(CheckHardeningRequest.PackageInputs.At(p.Chosen.Package.Name), "programs and libraries may lie in it"))]);
    }

    // The compilers of these languages, of which standard libraries come ready, know no such measures; and their programs check by themselves what they write to.
    private static IEnumerable<string> Without(BuildSpec build, Architecture architecture) => build switch
    {
        BuildSpec.Cargo => [HardeningWords.Architecture, HardeningWords.Fortify, HardeningWords.StackProtector],
        BuildSpec.Go { HasC: false } when architecture.Go is { HasPie: false } => HardeningWords.All,
        BuildSpec.Go => [HardeningWords.Architecture, HardeningWords.Fortify, HardeningWords.StackProtector],
        _ => build.Hardening.Without.Select(w => w.Value),
    };
}
