// Ready packages of a feed for the board's architecture, with their dependencies, as the lock pins them.

using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class PrebuiltSystem
{
    public static OutputRef? Plan(BuildJob job, BuildSpec.Prebuilt build)
    {
        var architecture = job.Target.Architecture.Name;
        if (LockSets.Has(job.Context.Workspace, build, architecture))
            return job.ToolRoots.PlanSet(job.Id("build"), LockSets.OfRecipe(job.Recipe.Name), job.Target.Architecture.Debian, $"Merge the packages of {job.Recipe.Name}", job.Recipe.Name.Span);
        job.Context.Error("IC0344", $"`{job.Recipe.Name}` has packages for [{string.Join(", ", build.Architectures.IsEmpty ? job.Context.Workspace.Feeds[build.Feed].Architectures : build.Architectures)}] only, not for `{architecture}`", job.Recipe.Name.Span, "Leave it out of the image, or choose a board of another architecture");
        return null;
    }
}
