// Where the sources of a recipe come from while planning: an action that unpacks them, or a folder that somebody works in. Unaware of build systems.

using Imagecraft.Engine.Actions;
using Imagecraft.Requests;

namespace Imagecraft.Planning.Recipes;

/// <summary>A tree of sources.</summary>
/// <param name="source">As what inputs are made of.</param>
public sealed class SourceTree(InputSource source)
{
    /// <summary>What an action gives.</summary>
    public static implicit operator SourceTree(OutputRef output) => new(output.Source);

    /// <summary>As an input of a process, which sees a folder that is worked in as it is.</summary>
    public InputEdge At(string mountPath, string reason) => new(mountPath, source is InputSource.Local local ? local with { IsInPlace = true } : source, reason);

    /// <summary>Without what the globs describe, as far as it is a folder that is worked in: so a changed program changes nothing of what never reads one. All of it may be seen nevertheless.</summary>
    public SourceTree But(params ReadOnlySpan<string> globs) => source is InputSource.Local local ? new(local with { Exclude = [.. local.Exclude, .. globs] }) : this;

    /// <summary>As the input of a built-in function.</summary>
    public InputEdge At(InputSlot slot, string reason) => slot.Of(source, reason);
}

/// <summary>A recipe whose sources somebody works on: they are taken as they lie in a folder, patches and all.</summary>
/// <param name="Folder">Absolute path of the sources.</param>
/// <param name="KeptFolder">Absolute path of a folder for what stays between builds.</param>
public sealed record EditedRecipe(string Folder, string KeptFolder)
{
    /// <summary>What is no part of the sources.</summary>
    public const string Repository = ".git";
}
