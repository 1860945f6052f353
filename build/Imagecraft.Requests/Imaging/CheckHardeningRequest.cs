// What `check-hardening` is told. Unaware of ELF.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Requests.Imaging;

/// <summary>Every program and library of an image is looked at: what was compiled here has each measure that its recipe does not go without.</summary>
/// <param name="Image">For messages.</param>
/// <param name="Machine">ELF's number of the board's processor; null: every file is taken for its.</param>
/// <param name="HasJumpGuard">Whether the processor can refuse stray jumps.</param>
/// <param name="Packages">The image's packages.</param>
public sealed record CheckHardeningRequest(string Image, int? Machine, bool HasJumpGuard, ImmutableArray<HardenedPackage> Packages) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "check-hardening";

    /// <summary>The trees of the image's packages.</summary>
    public static InputSlots PackageInputs { get; } = new("/package/");

    /// <summary>What each file has, for people.</summary>
    public static OutputSlot ReportOutput { get; } = OutputSlot.File;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [ReportOutput.Spec];
}

/// <summary>A package and what is asked of it.</summary>
/// <param name="Name">The package.</param>
/// <param name="Recipe">Its recipe.</param>
/// <param name="IsCompiledHere">Whether the recipe compiles it; what is ready is reported only.</param>
/// <param name="Without">Measures that its recipe goes without.</param>
public sealed record HardenedPackage(string Name, string Recipe, bool IsCompiledHere, ImmutableArray<string> Without);

/// <summary>The measures that an ELF file tells of; words of recipes.</summary>
public static class HardeningMeasure
{
    /// <summary>Jumps to where nobody meant to are refused.</summary>
    public const string Architecture = "architecture";

    /// <summary>The loader fills in everything before the program begins.</summary>
    public const string BindNow = "bind-now";

    /// <summary>It lies at addresses that are drawn anew.</summary>
    public const string Pie = "pie";

    /// <summary>What the loader fills in is only read afterwards.</summary>
    public const string Relro = "relro";
}
