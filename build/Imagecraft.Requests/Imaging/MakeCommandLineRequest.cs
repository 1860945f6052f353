// What `make-command-line` is told. Unaware of boards.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Images.Disks;

namespace Imagecraft.Requests.Imaging;

/// <summary>A kernel's arguments get the identifier of the partition that its root lies on.</summary>
/// <param name="Text">The arguments with <see cref="Placeholder"/> in them.</param>
/// <param name="Table">The kind of the disk's partition table.</param>
/// <param name="Partition">Name of the partition.</param>
/// <param name="Number">Its place in the table, from 1.</param>
public sealed record MakeCommandLineRequest(string Text, PartitionTable Table, string Partition, int Number) : IRequest
{
    /// <summary>What stands for the partition.</summary>
    public const string Placeholder = "$ROOT";

    /// <inheritdoc/>
    public static string FunctionName => "make-command-line";

    /// <summary>Identity of the root file system, see <see cref="MakeRootFsRequest.UuidOutput"/>.</summary>
    public static InputSlot UuidInput { get; } = new("/uuid");

    /// <summary>The arguments, without a line break.</summary>
    public static OutputSlot LineOutput => OutputSlot.File;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [LineOutput.Spec];
}
