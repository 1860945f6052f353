// ./configure, make, make install.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class AutotoolsSystem
{
    public static OutputRef Plan(BuildJob job, BuildSpec.Autotools build)
    {
        var variables = job.Variables;
        var triplet = job.Target.Architecture.Triplet.Value;
        return job.Build(new Steps()
            .Then("cd", job.SourceFolder)
            .ThenText("before", job.Before)
            .Then([.. Configure(job), $"--build={job.BuildMachine}", $"--host={(job.Target.IsHost ? job.BuildMachine : triplet)}", "--prefix=/usr", $"--libdir=/usr/lib/{triplet}", "--sysconfdir=/etc", "--localstatedir=/var", .. variables.Expand(build.ConfigureArguments)])
            .Then(["make", .. variables.Expand(build.MakeArguments)])
            .Then(["make", $"DESTDIR={BuildJob.Destination}", .. build.InstallArguments.IsEmpty ? ["install"] : variables.Expand(build.InstallArguments)]), job.Inputs());
    }

    // Where a build continues, make has brought everything up to date that was configured, unless the script itself is newer.
    private static ImmutableArray<string> Configure(BuildJob job) => job.IsEdited ? ["/bin/sh", "-eu", "-c", "[ config.status -nt configure ] || exec ./configure \"$@\"", "configure"] : ["./configure"];
}
