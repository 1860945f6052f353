// A plain Makefile: make, make install.

using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class MakeSystem
{
    public static OutputRef Plan(BuildJob job, BuildSpec.Make build)
    {
        var variables = job.Variables;
        return job.Build(new Steps()
            .Then("cd", job.SourceFolder)
            .ThenText("before", job.Before)
            .Then(["make", .. variables.Expand(build.MakeArguments)])
            .Then(["make", $"DESTDIR={BuildJob.Destination}", .. variables.Expand(build.MakeArguments), .. build.InstallArguments.IsEmpty ? ["install"] : variables.Expand(build.InstallArguments)]), job.Inputs());
    }
}
