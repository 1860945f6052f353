// Shell steps of the recipe's author.

using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class ScriptSystem
{
    public static OutputRef Plan(BuildJob job, BuildSpec.Script build) => job.Build(new Steps()
        .Then("mkdir", "-p", BuildJob.Destination)
        .Then("cd", job.SourceFolder)
        .ThenText("before", job.Before)
        .ThenText("steps", build.Steps), job.Inputs());
}
