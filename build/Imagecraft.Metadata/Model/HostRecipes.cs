// Which recipes can be built for the build host. Unaware of how.

namespace Imagecraft.Metadata.Model;

/// <summary>What can be built for the build host as well as for boards.</summary>
public static class HostRecipes
{
    /// <summary>Why a recipe cannot be built for the build host, after the word "it"; null: it can.</summary>
    public static string? WhyNot(Recipe recipe) => recipe.Build switch
    {
        BuildSpec.Kernel => "is a kernel",
        BuildSpec.KernelModule => "is a module of a kernel",
        { PerBoard: true } => "is built for one board",
        _ => null,
    };

    /// <summary>The recipes that <paramref name="recipe"/> has as tools. One that names itself is built for the host first, without itself.</summary>
    public static IEnumerable<Sited<string>> ToolsOf(Recipe recipe, bool forHost) =>
        recipe.Build.Tools.Where(tool => tool.IsRecipe && !(forHost && tool.Name.Value == recipe.Name.Value)).Select(tool => tool.Name);
}
