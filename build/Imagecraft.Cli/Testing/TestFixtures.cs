// Makes what tests need of a built image: tool roots and the machine to boot. Unaware of tests.

using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Cli.Testing;

/// <summary>Builds the default image of <see cref="UsualBoard"/> (or of the first board that QEMU has), and tells tests by environment variables where everything is.</summary>
public sealed class TestFixtures : IDisposable
{
    /// <summary>The board that tests boot: it needs no firmware, so it is the fastest.</summary>
    public const string UsualBoard = "qemu-arm64";

    // Of the actions that have to run, this share runs twice, so that whatever one leaves to chance is found by and by.
    private const double VerifiedShare = 0.02;

    // Tool roots beside those of the image, and the variables that name their folders.
    private static readonly (string ToolRoot, string Variable)[] Roots =
    [
        ("onnx-testdata", "IMAGECRAFT_TEST_ONNX_DATA"),
        ("applets", "IMAGECRAFT_TEST_APPLETS"),
        ("shellcheck", "IMAGECRAFT_TEST_SHELLCHECK"),
        ("disks", "IMAGECRAFT_TEST_DISK_ROOT"),
        ("boot-images", "IMAGECRAFT_TEST_BOOT_ROOT"),
        ("ssh", "IMAGECRAFT_TEST_SSH_ROOT"),
        ("qemu-user", "IMAGECRAFT_TEST_QEMU_USER_ROOT"),
        ("labgrid", "IMAGECRAFT_TEST_LABGRID_ROOT"),
        ("buildbox", "IMAGECRAFT_TEST_BUILDBOX_ROOT"),
    ];

    private readonly Workshop _workshop;
    private readonly BootableImage _image;

    private TestFixtures(Workshop workshop, BootableImage image, IReadOnlyDictionary<string, string?> environment)
    {
        _workshop = workshop;
        _image = image;
        Environment = environment;
    }

    /// <summary>Variables for test processes.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; }

    /// <summary>Builds; a failure is shown like that of any build.</summary>
    /// <param name="session">The call.</param>
    /// <param name="request">How it is built; its board and image do not matter.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException">It failed.</exception>
    public static async Task<TestFixtures> MakeAsync(Session session, BuildRequest request, CancellationToken cancellationToken)
    {
        var reading = Composition.Load(session);
        Composition.RefuseBroken(reading, new(KindNames.Board, UsualBoard));
        var boards = reading.Workspace.Boards;
        var board = boards.GetValueOrDefault(UsualBoard) ?? boards.Values.FirstOrDefault(b => b.Qemu is not null) ?? throw ProblemException.User("No board has `qemu:`, so nothing can be booted");
        var workshop = await Workshop.OpenAsync(session, request with
        {
            Board = board.Name,
            ToolRoots = [.. Roots.Select(root => root.ToolRoot), Downloads.GitToolRoot],
            VerifiedShare = request.VerifiedShare > 0 ? request.VerifiedShare : VerifiedShare,
        }).ConfigureAwait(false);
        var tools = ToolRoot(workshop, workshop.Workspace.Architectures[board.Architecture].ToolRoot);
        var git = ToolRoot(workshop, Downloads.GitToolRoot);
        var image = await BootableImage.MakeAsync(session, workshop, [tools, git, workshop.Plan.Sandbox, .. Roots.Select(root => ToolRoot(workshop, root.ToolRoot))]).ConfigureAwait(false);
        if (image.Machine is not { } machine)
            throw new ProblemException(image.Result.ExitCode, "The image that the tests boot was not built");

        var folder = Path.Combine(session.WorkspaceRoot, "artifacts", "tests", "fixtures");
        Directory.CreateDirectory(Path.Combine(folder, "roots"));
        Link(Path.Combine(folder, "roots", "sandbox"), await image.FolderAsync(workshop.Plan.Sandbox, cancellationToken).ConfigureAwait(false));
        Link(Path.Combine(folder, "roots", "git"), await image.FolderAsync(git, cancellationToken).ConfigureAwait(false));
        Link(Path.Combine(folder, "roots", "tools"), await image.FolderAsync(tools, cancellationToken).ConfigureAwait(false));
        var description = Path.Combine(folder, "machine.json");
        await File.WriteAllTextAsync(description, machine.ToJson(), cancellationToken).ConfigureAwait(false);
        var environment = new Dictionary<string, string?>
        {
            ["IMAGECRAFT_CACHE"] = session.CacheRoot,
            ["IMAGECRAFT_TEST_TOOLROOT"] = Path.Combine(folder, "roots"),
            ["IMAGECRAFT_TEST_QEMU_ROOT"] = machine.ToolRoot,
            ["IMAGECRAFT_TEST_MACHINE"] = description,
            ["IMAGECRAFT_TEST_LOGS"] = Path.Combine(session.WorkspaceRoot, "artifacts", "tests", "consoles"),
        };
        foreach (var (root, variable) in Roots)
            environment[variable] = await image.FolderAsync(ToolRoot(workshop, root), cancellationToken).ConfigureAwait(false);
        return new TestFixtures(workshop, image, environment);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _image.Dispose();
        _workshop.Dispose();
    }

    private static OutputRef ToolRoot(Workshop workshop, string name)
    {
        var node = workshop.Graph.Nodes[new ActionId($"toolroot:{name}")];
        return new OutputRef(node.Id, node.Outputs[0].Name);
    }

    private static void Link(string path, string target)
    {
        File.Delete(path);
        File.CreateSymbolicLink(path, target);
    }
}
