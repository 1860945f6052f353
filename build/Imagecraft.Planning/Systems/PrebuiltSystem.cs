// Ready packages of a feed for the board's architecture, with their dependencies, as the lock pins them.

namespace Imagecraft.Planning.Systems;

internal static class PrebuiltSystem
{
    public static OutputRef Plan(BuildJob job) =>
        job.ToolRoots.PlanSet(job.Id("build"), LockSets.OfRecipe(job.Recipe.Name), job.Target.Architecture.Debian, $"Merge the packages of {job.Recipe.Name}", job.Recipe.Name.Span);
}
