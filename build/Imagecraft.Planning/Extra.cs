// What is planned besides an image. Unaware of how it is asked for.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Models;

namespace Imagecraft.Planning;

/// <summary>A recipe or a network that somebody wants alone.</summary>
public abstract record Extra
{
    private Extra()
    {
    }

    /// <summary>The packages of a recipe, or <paramref name="ForHost"/> what it installs on the build host.</summary>
    public sealed record OfRecipe(string Name, bool ForHost = false) : Extra;

    /// <summary>The sources of a recipe with its patches, for somebody who works on them: the tree, the <c>.git</c> of it with a commit of the sources and one for each patch, and the tool root with git.</summary>
    public sealed record SourcesOf(string Name) : Extra;

    /// <summary>The menu of a recipe with a kconfig configuration (<see cref="Systems.KconfigMenu"/>): the symbols that fragments ask for, the action that shows the menu, and the fewest lines of the configuration.</summary>
    public sealed record MenuOf(string Name) : Extra;

    /// <summary>A debugger for the image (<see cref="Debugging.InspectionPlan"/>), with the sources of some of its recipes: its action, which needs a terminal.</summary>
    public sealed record Debugger(ImmutableArray<string> WithSources) : Extra;

    /// <summary>What makes text of samples that were taken on a machine with the image (<see cref="Debugging.InspectionPlan"/>): its action.</summary>
    public sealed record Profiler : Extra;

    /// <summary>What an SDK for the image is made of (<see cref="Development.SdkPlan"/>): the host's programs, their starter, a container's tree, the compiler, then the parts of the sysroot.</summary>
    public sealed record Sdk : Extra;

    /// <summary>All variants of a model, or the one that is named.</summary>
    public sealed record OfModel(string Name, string? Variant = null) : Extra;

    /// <summary>A model, with the instructions that its networks take.</summary>
    public sealed record Counted(Extra Network) : Extra;

    /// <summary>A model with changed settings, whose gate need not hold; <paramref name="Label"/> tells its actions from those of others.</summary>
    public sealed record OfSetting(ModelRecipe Model, string Label) : Extra;
}

/// <summary>The outputs of an extra.</summary>
/// <param name="Outputs">Everything that it gives.</param>
/// <param name="Models">Its networks, if it is one.</param>
public sealed record PlannedExtra(ImmutableArray<OutputRef> Outputs, ImmutableArray<PlannedModel> Models);
