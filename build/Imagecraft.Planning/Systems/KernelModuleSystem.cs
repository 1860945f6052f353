// An out-of-tree module, built against the development tree of the board's kernel.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Systems;

internal static class KernelModuleSystem
{
    public static OutputRef? Plan(BuildJob job, BuildSpec.KernelModule build)
    {
        if (job.Other(job.Board.Board.Kernel, job.Board.Board.Kernel.Span) is not { } kernel || !kernel.Extra.TryGetValue("dev", out var dev))
        {
            job.Context.Error("IC0340", $"The kernel `{job.Board.Board.Kernel}` of the board `{job.Board.Board.Name}` has no development tree", job.Board.Board.Kernel.Span, "Name a recipe of system `kernel`");
            return null;
        }

        ImmutableArray<string> make = ["make", "-C", KernelSystem.DevelopmentTree, $"M={job.SourceFolder}", .. KernelSystem.Make(job.Target.Architecture), .. job.Variables.Expand(build.MakeArguments)];
        return job.Build(new Steps()
            .Then("cd", job.SourceFolder)
            .ThenShell(build.Before?.Value)
            .Then([.. make, "modules"])
            .Then([.. make, $"INSTALL_MOD_PATH={BuildJob.Destination}/usr", "INSTALL_MOD_STRIP=1", "INSTALL_MOD_DIR=extra", "DEPMOD=true", "modules_install"]),
            [.. job.Inputs(), dev.At("/", $"the development tree of {job.Board.Board.Kernel}")],
            strip: false);
    }
}
