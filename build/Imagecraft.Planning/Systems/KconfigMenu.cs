// What a person asks of a configured kconfig program beside its build: the menu, and the fewest lines that say the same. Unaware of terminals.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Configuration;

namespace Imagecraft.Planning.Systems;

/// <summary>Actions that configure as the build does, and go on from there.</summary>
public static class KconfigMenu
{
    /// <summary>Lies over the recipe's tools where a menu is drawn.</summary>
    public const string ToolRoot = "menu";

    /// <summary>Where the menu leaves its files in <c>/out</c>: <see cref="Before"/>, <see cref="After"/>, and each with <see cref="Least"/> where the program can tell.</summary>
    public const string Folder = "menu";

    /// <summary>The configuration as it is built.</summary>
    public const string Before = "before";

    /// <summary>The configuration as it was left.</summary>
    public const string After = "after";

    /// <summary>Ending of the file with the fewest lines that give the same.</summary>
    public const string Least = ".least";

    /// <summary>Whether a recipe has a configuration of this kind.</summary>
    public static bool Has(BuildSpec build) => build is BuildSpec.Kernel or BuildSpec.Kconfig;

    /// <summary>Plans both for a job whose recipe is planned.</summary>
    /// <returns>The merged fragments with who asks for what (a file), the action that shows the menu, which needs a terminal, and the fewest lines (a file).</returns>
    internal static ImmutableArray<OutputRef> Plan(BuildJob job)
    {
        var menu = Then("menuconfig", new("menu", $"/out/{Folder}", OutputKind.Tree));
        return
        [
            new(job.Id("fragments"), MergeFragmentsRequest.ContractOutput.Name),
            job.Context.Add(menu with { Inputs = menu.Inputs.Add(job.ToolRoots.Plan(ToolRoot, null).At("/", "what menus are drawn with")) }, "menu"),
            job.Context.Add(Then("savedefconfig", new("defconfig", "/out/defconfig", OutputKind.File)), "defconfig"),
        ];

        ActionNode Then(string step, OutputSpec output)
        {
            var configure = job.Context.Node(job.Id("configure"));
            var process = (ActionWork.Process)configure.Work;
            return configure with
            {
                Id = job.Id(step),
                // Begins anew, also where builds continue.
                Work = process with { Environment = process.Environment.SetItem("KCONFIG_THEN", step), KeptFolder = null, Follows = [] },
                Outputs = configure.Outputs.Add(output),
                Description = $"Run {step} of {job.Recipe.Name} {job.Recipe.Version}",
            };
        }
    }
}
