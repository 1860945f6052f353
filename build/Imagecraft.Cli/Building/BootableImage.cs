// An image that is built, exported and ready to be booted in QEMU. Unaware of what is done with the machine.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Store;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning;
using Imagecraft.Planning.Checks;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Cli.Building;

/// <summary>Keeps tool roots in the cache from being collected until it is disposed.</summary>
public sealed class BootableImage : IDisposable
{
    private readonly ContentStore _store;
    private readonly Lease _lease;

    private BootableImage(ContentStore store, BuildResult result)
    {
        _store = store;
        _lease = store.BeginLease();
        Result = result;
    }

    /// <summary>How the build went.</summary>
    public BuildResult Result { get; }

    /// <summary>The machine; only when the build succeeded.</summary>
    public MachineDescription? Machine { get; private init; }

    /// <summary>Builds the image, the tool root with QEMU and <paramref name="further"/> outputs.</summary>
    /// <exception cref="ProblemException">QEMU has no machine for the board.</exception>
    public static async Task<BootableImage> MakeAsync(Session session, Workshop workshop, params IReadOnlyList<OutputRef> further)
    {
        var board = workshop.Plan.Board;
        if (board.Qemu is null || workshop.Plan.Qemu is not { } qemu)
            throw ProblemException.User($"Board `{board.Name}` has no `qemu:`, so it cannot be booted here", "Flash the image, or add `qemu:` to the board");
        var result = await new ImageDelivery(session, workshop).BuildAsync(_ => [qemu, .. further]).ConfigureAwait(false);
        var store = new ContentStore(session.CacheRoot);
        if (!result.Succeeded)
            return new BootableImage(store, result);

        var image = new BootableImage(store, result)
        {
            Machine = new MachineDescription
            {
                ToolRoot = await store.MaterializeAsync(Value(result, qemu).Digest, session.Interrupts.Gentle).ConfigureAwait(false),
                System = board.Qemu.System,
                Arguments = DiskSectors.Of([.. board.Qemu.Arguments.Select(a => WithFiles(a, workshop.Plan.Artifacts.Keys, workshop.OutputFolder))], DiskSize.SectorOf(board)),
                Image = Path.Combine(workshop.OutputFolder, board.KernelImageOf(workshop.Workspace.Architectures[board.Architecture])),
                Disk = Path.Combine(workshop.OutputFolder, "disk.img"),
                DiskSize = board.Qemu.DiskSize?.Value,
                ConsolePort = board.Qemu.ConsolePort?.Value ?? 0,
                CommandLine = workshop.Plan.CommandLineFile is { } file ? await File.ReadAllTextAsync(Path.Combine(workshop.OutputFolder, file), session.Interrupts.Gentle).ConfigureAwait(false) : workshop.Plan.CommandLine,
                Console = board.Console,
                Accelerators = [.. AcceleratorServers.Of(session, CheckPlanner.Accelerators(workshop.Workspace, board), board.Qemu)],
                CpuFlags = [.. board.CpuFlags.Select(f => f.Value)],
                Board = board.Name,
                ImageName = workshop.Selection.Image,
            },
        };
        return image;
    }

    // Commas are doubled where QEMU reads a list of options.
    private static string WithFiles(string argument, IEnumerable<string> artifacts, string folder)
    {
        if (!argument.Contains("${FILE:", StringComparison.Ordinal))
            return argument;
        foreach (var name in artifacts)
        {
            var path = Path.Combine(folder, name);
            argument = argument.Replace($"${{FILE:{name}}}", argument.Contains('=', StringComparison.Ordinal) ? path.Replace(",", ",,", StringComparison.Ordinal) : path, StringComparison.Ordinal);
        }

        return argument;
    }

    /// <summary>Host folder with the content of a tree that was built.</summary>
    public Task<string> FolderAsync(OutputRef output, CancellationToken cancellationToken) => _store.MaterializeAsync(Value(Result, output).Digest, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _lease.Dispose();
        _store.Dispose();
    }

    private static OutputValue Value(BuildResult result, OutputRef output) => result.Output(output.Action, output.Output);
}
