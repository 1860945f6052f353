// What `check-modules` is told. Unaware of device trees.

using System.Collections.Immutable;
using Imagecraft.Boards.Drivers;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Requests.Drivers;

/// <summary>An image's packages are held against the drivers that its board needs: modules and firmware.</summary>
/// <param name="Image">For messages.</param>
/// <param name="Board">For messages.</param>
/// <param name="Waivers">Devices whose drivers may go without their firmware.</param>
public sealed record CheckModulesRequest(string Image, string Board, ImmutableArray<DriverWaiver> Waivers) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "check-modules";

    /// <summary>What <see cref="CheckDriversRequest.DriversOutput"/> has.</summary>
    public static InputSlot DriversInput { get; } = new("/drivers");

    /// <summary>What <see cref="CheckDriversRequest.ReportOutput"/> has.</summary>
    public static InputSlot ReportInput { get; } = new("/report");

    /// <summary>What the kernel installs, which tells of the firmware of built-in drivers and of modules.</summary>
    public static InputSlot KernelInput { get; } = new("/kernel");

    /// <summary>The trees of the image's packages.</summary>
    public static InputSlots PackageInputs { get; } = new("/package/");

    /// <summary>What drives what, with which firmware, for people.</summary>
    public static OutputSlot ReportOutput { get; } = OutputSlot.File;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [ReportOutput.Spec];
}
