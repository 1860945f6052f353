// What `index-drivers` is told. Unaware of boards and configurations.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Requests.Drivers;

/// <summary>The drivers of a source tree become an index of what they drive and which symbols compile them.</summary>
/// <param name="Subfolder">Of the makefile in the sources; empty for their root.</param>
/// <param name="IsKernel">Whether the sources are a whole kernel's, of which only folders with drivers are read.</param>
public sealed record IndexDriversRequest(string Subfolder, bool IsKernel) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "index-drivers";

    /// <summary>The sources.</summary>
    public static InputSlot SourceInput { get; } = new("/src");

    /// <summary>The index, in the form of <see cref="Imagecraft.Boards.Drivers.DriverIndex"/>.</summary>
    public static OutputSlot IndexOutput { get; } = OutputSlot.File;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [IndexOutput.Spec];
}
