// What `check-drivers` is told. Unaware of YAML and images.

using System.Collections.Immutable;
using Imagecraft.Boards.Drivers;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Requests.Drivers;

/// <summary>A kernel's final configuration is passed on when it drives what a board needs.</summary>
/// <param name="Demand">What that is.</param>
/// <param name="Architecture">The kernel's name of the architecture.</param>
public sealed record CheckDriversRequest(DriverDemand Demand, string Architecture) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "check-drivers";

    /// <summary>The final configuration.</summary>
    public static InputSlot ConfigInput { get; } = new("/config");

    /// <summary>The board's device tree; absent where firmware tells of its devices.</summary>
    public static InputSlot TreeInput { get; } = new("/tree");

    /// <summary>The kernel's index of drivers.</summary>
    public static InputSlot IndexInput { get; } = new("/index");

    /// <summary>Indexes of modules that are built beside the kernel, by recipe.</summary>
    public static InputSlots ModuleInputs { get; } = new("/module/");

    /// <summary>The configuration, unchanged.</summary>
    public static OutputSlot ConfigOutput { get; } = new("config", OutputKind.File);

    /// <summary>What drives what, for people.</summary>
    public static OutputSlot ReportOutput { get; } = new("report", OutputKind.File);

    /// <summary>The drivers that images must have, in the form of <see cref="DriverList"/>.</summary>
    public static OutputSlot DriversOutput { get; } = new("drivers", OutputKind.File);

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [ConfigOutput.Spec, ReportOutput.Spec, DriversOutput.Spec];
}
