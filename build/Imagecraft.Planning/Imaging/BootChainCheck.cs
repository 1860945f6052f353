// The examination of a disk by the board's boot chain, as an action: part of each image, because it reads a few MiB and a board that cannot boot says nothing. Unaware of formats of stages.

using System.Collections.Immutable;
using Imagecraft.Boards.BootChains;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Imaging.Formats;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Imaging;
using BootFile = Imagecraft.Boards.BootChains.BootFile;

namespace Imagecraft.Planning.Imaging;

internal static class BootChainCheck
{
    /// <summary>Name of the report among the artifacts.</summary>
    public const string Artifact = "boot-chain.txt";

    /// <summary>Plans it.</summary>
    /// <param name="context">Takes the action.</param>
    /// <param name="target">Board and image.</param>
    /// <param name="spec">What the board says.</param>
    /// <param name="disk">The disk.</param>
    /// <param name="package">Finds a package's tree by name; null after a problem that was noted.</param>
    public static OutputRef Plan(PlanContext context, BoardTarget target, BootChainSpec spec, OutputRef disk, Func<Sited<string>, OutputRef?> package)
    {
        var board = target.Board;
        var files = spec.Stages.SelectMany(s => s.Carries).Concat(spec.Configuration is { } configuration ? [configuration] : []);
        var trees = files.Select(f => f.Package).DistinctBy(p => p.Value).Select(p => (Name: p.Value, Tree: package(p))).Where(p => p.Tree is not null);
        var chain = new BootChain([.. spec.Stages.Select(Stage)], spec.Configuration is { } own ? FileOf(own) : null);
        return context.Call(
            new($"{target.Image.Name}@{board.Name}:boot-chain"),
            new CheckBootChainRequest(board.Name, chain, [.. board.Blobs.Where(b => b.Size is not null).Select(b => new DiskRange(b.Name, b.Offset.Value, b.Offset.Value + b.Size!.Value))]),
            $"the boot chain of {board.Name}",
            $"Examine the boot chain of {board.Name}",
            [disk.At(CheckBootChainRequest.DiskInput, "the disk that the board boots from"), .. trees.Select(t => t.Tree!.At(CheckBootChainRequest.PackageInputs.At(t.Name), $"files of {t.Name} belong to the boot chain"))]);
    }

    private static BootStage Stage(BootStageSpec stage) => new(stage.Name, Format(stage.Format), stage.Document)
    {
        Offset = stage.Offset?.Value,
        PartitionType = stage.PartitionType is { } type ? Guid.Parse(type.Value) : null,
        PartitionName = stage.PartitionName?.Value,
        PartitionNumber = stage.PartitionNumber?.Value,
        Images = [.. stage.Images.Select(i => new BootImage(i.Name, i.Load?.Value, i.Entry?.Value, Code(i.Code?.Value), i.Console?.Value) { Below = i.Below?.Value })],
        Carries = [.. stage.Carries.Select(FileOf)],
        Compatible = stage.Compatible?.Value,
    };

    // Words that the form has checked.
    private static BootFormat Format(string word) => word switch
    {
        "imx8m" => BootFormat.Imx8m,
        "imx9" => BootFormat.Imx9,
        "rockchip" => BootFormat.Rockchip,
        "starfive" => BootFormat.Starfive,
        "stm32" => BootFormat.Stm32,
        "fip" => BootFormat.Fip,
        "spacemit" => BootFormat.Spacemit,
        "ti-k3" => BootFormat.TiK3,
        "extlinux" => BootFormat.Extlinux,
        "raspberry-pi" => BootFormat.RaspberryPi,
        _ => BootFormat.Fit,
    };

    private static InstructionSet? Code(string? word) => word switch
    {
        "arm64" => InstructionSet.Arm64,
        "riscv" => InstructionSet.Riscv,
        _ => null,
    };

    private static BootFile FileOf(PackageFile file) => new(file.Package, file.File);
}
