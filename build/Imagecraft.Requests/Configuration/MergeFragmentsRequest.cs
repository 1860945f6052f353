// What `merge-fragments` is told. Unaware of who wants a symbol.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Requests.Configuration;

/// <summary>Configuration fragments become one without comments; later ones win.</summary>
/// <param name="Fragments">Their paths in the workspace, for messages; one an input.</param>
public sealed record MergeFragmentsRequest(ImmutableArray<string> Fragments) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "merge-fragments";

    /// <summary>The fragments by their index.</summary>
    public static InputSlots FragmentInputs { get; } = new("/fragment/");

    /// <summary>All assignments.</summary>
    public static OutputSlot FragmentOutput { get; } = new("fragment", OutputKind.File);

    /// <summary>Lines of symbol, value and fragment, between tabs.</summary>
    public static OutputSlot ContractOutput { get; } = new("contract", OutputKind.File);

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [FragmentOutput.Spec, ContractOutput.Spec];
}
