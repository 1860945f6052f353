// What `check-config` is told. Unaware of Kconfig files.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Requests.Configuration;

/// <summary>A final configuration is passed on when it keeps what fragments request.</summary>
public sealed record CheckConfigRequest : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "check-config";

    /// <summary>The final configuration.</summary>
    public static InputSlot ConfigInput { get; } = new("/config");

    /// <summary>What <see cref="MergeFragmentsRequest.ContractOutput"/> requests.</summary>
    public static InputSlot ContractInput { get; } = new("/contract");

    /// <summary>The tree with the Kconfig files, which explain what was dropped.</summary>
    public static InputSlot SourceInput { get; } = new("/src");

    /// <summary>The tool roots of the configuration by their index; what their programs can do decides symbols too.</summary>
    public static InputSlots ToolInputs { get; } = new("/tools/");

    /// <summary>The configuration, unchanged.</summary>
    public static OutputSlot ConfigOutput { get; } = new("config", OutputKind.File);

    /// <summary>The kernel's name of the architecture.</summary>
    public required string Architecture { get; init; }

    /// <summary>Folder of the program in the sources; empty for their root.</summary>
    public required string Subfolder { get; init; }

    /// <summary>Prefix of the board's tools, e.g. <c>aarch64-linux-gnu-</c>.</summary>
    public required string Cross { get; init; }

    /// <summary>Whether the rules of kernels hold too.</summary>
    public bool IsKernel { get; init; }

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [ConfigOutput.Spec];
}
