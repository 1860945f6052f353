// An SDK for an image: everything of which its archive and its container are made. Unaware of verbs.

using System.Collections.Immutable;
using System.Security.Cryptography;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Publishing;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Store;
using Imagecraft.Images.Archives;
using Imagecraft.Images.Oci;
using Imagecraft.Images.RootFs;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Cli.Development;

/// <summary>Keeps what was built from being collected until it is disposed.</summary>
public sealed class Sdk : IDisposable
{
    // Of the host's programs: what a compiler of one's own, another QEMU or a package of Debian's would be needed for.
    private static readonly string[] HostWithout = ["usr/games/", "usr/lib/systemd/", "usr/lib/udev/", "usr/sbin/", "usr/share/applications/", "usr/share/icons/", "usr/share/pixmaps/", "usr/share/polkit-1/", "usr/share/perl/", "usr/lib/valgrind/"];

    private static readonly string[] SysrootWith = ["lib", "lib64", "usr/bin/gdbserver", "usr/include/", "usr/lib/", "usr/lib64", "usr/share/pkgconfig/", "usr/share/cmake/", "usr/share/aclocal/", "usr/share/gir-1.0/", "usr/share/wayland/"];

    private static readonly string[] SysrootWithout = ["usr/lib/debug/", "usr/lib/firmware/", "usr/lib/modules/", "usr/lib/systemd/", "usr/lib/udev/"];

    // Networks are neither prepared nor run by an SDK, and nothing of feeds is read.
    private static readonly string[] ToolWithout = ["libonnxruntime.so", "libonnxruntime_providers_shared.so", "SharpCompress.dll", "BouncyCastle.Cryptography.dll"];

    // What programs of a container expect and no package of its tree brings.
    private static readonly ArchiveFile.Folder[] Folders = [new("root", (UnixFileMode)0b111_000_000), new("tmp", Shared), new("var/tmp", Shared)];

    private const UnixFileMode Shared = (UnixFileMode)0b001_111_111_111;

    private readonly Session _session;
    private readonly Workshop _workshop;
    private readonly BootableImage? _bootable;
    private readonly BuildResult _result;
    private readonly ContentStore _store;
    private readonly Lease _lease;

    private Sdk(Session session, Workshop workshop, BuildResult result, BootableImage? bootable)
    {
        (_session, _workshop, _result, _bootable, _store) = (session, workshop, result, bootable, new(session.CacheRoot));
        _lease = _store.BeginLease();
    }

    /// <summary>E.g. <c>edge-ml-qemu-arm64-sdk</c>: name of the archive, and of the folder in it.</summary>
    public string Name => $"{_workshop.Plan.Image.Name}-{_workshop.Plan.Board.Name}-sdk";

    /// <summary>Builds the image of a plan with <see cref="Extra.Sdk"/>, and what an SDK has besides.</summary>
    /// <returns>The SDK, or the exit code of a failed build.</returns>
    public static async Task<(Sdk? Sdk, int ExitCode)> BuildAsync(Session session, Workshop workshop)
    {
        var parts = workshop.Plan.Extras.SelectMany(extra => extra.Outputs).ToList();
        if (workshop.Plan.Board.Qemu is null)
        {
            var built = await workshop.BuildAsync(_ => parts.Select(part => part.Action), null).ConfigureAwait(false);
            return built.Succeeded ? (new(session, workshop, built, null), ExitCodes.Done) : (null, built.ExitCode);
        }

        var bootable = await BootableImage.MakeAsync(session, workshop, parts).ConfigureAwait(false);
        if (bootable.Machine is not null)
            return (new(session, workshop, bootable.Result, bootable), ExitCodes.Done);
        using (bootable)
            return (null, bootable.Result.ExitCode);
    }

    /// <summary>The files below the folder of the SDK.</summary>
    /// <exception cref="ProblemException">No .NET runtime lies beside the program that runs this.</exception>
    public IEnumerable<ArchiveFile> Files()
    {
        var (board, architectures) = (_workshop.Plan.Board, _workshop.Workspace.Architectures);
        var host = architectures.Values.First(architecture => architecture.Debian.Value == Machines.HostArchitecture);
        var texts = new SdkTexts(board, _workshop.Plan.Image, architectures[board.Architecture], host);
        var programs = Started(SdkFolders.Host, Tree(Part.Host), host).ToList();
        return
        [
            .. texts.Files(hasMachine: _bootable is not null),
            .. programs,
            .. Started(SdkFolders.Compiler, Tree(Part.Compiler), host),
            .. new StoredFiles(_store, SdkFolders.Sysroot).Of(Outputs.Skip((int)Part.Sysroot).Select(output => output.Digest), IsOfSysroot),
            .. Tool(programs, host),
            .. _bootable?.Machine is { } machine ? SdkMachine.Files(machine, _workshop.OutputFolder) : [],
            .. _bootable?.Machine is { } emulated ? Qemu(emulated) : [],
        ];
    }

    /// <summary>Writes the archive of a container in which the SDK lies in <c>/opt</c>, and a shell finds it.</summary>
    /// <param name="path">Of the archive, an OCI image layout.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WriteContainerAsync(string path, CancellationToken cancellationToken)
    {
        var (folder, layer) = ($"opt/{Name}", $"{path}.layer");
        try
        {
            await using (var stream = File.Create(layer))
                ToolArchive.WriteTar(stream, [.. Folders, .. new StoredFiles(_store, ".").Of([Tree(Part.Container)], _ => true).Select(file => file with { Name = file.Name[2..] }), .. Files().Select(file => ToolArchive.Within(folder, file))]);
            await using var read = File.OpenRead(layer);
            var content = new FileContent(Convert.ToHexStringLower(await SHA256.HashDataAsync(read, cancellationToken).ConfigureAwait(false)), read.Length, () => File.OpenRead(layer));
            var start = new OciStart
            {
                Command = ["/bin/bash", "--rcfile", $"/{folder}/environment"],
                Environment = ImmutableSortedDictionary<string, string>.Empty.Add("PATH", $"/{folder}/bin:/usr/bin:/bin").Add("IMAGECRAFT_SDK", $"/{folder}").Add("CMAKE_TOOLCHAIN_FILE", $"/{folder}/cmake/board.cmake"),
                WorkingDirectory = "/",
            };
            await using var output = File.Create(path);
            await TarWriter.WriteAsync(OciImage.Layout(Name, OciPlatform.OfDebian(Machines.HostArchitecture)!, start, content), output, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(layer);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _bootable?.Dispose();
        _lease.Dispose();
        _store.Dispose();
    }

    // In the order of the planned outputs.
    private enum Part
    {
        Host,
        Starter,
        Container,
        Compiler,
        Sysroot,
    }

    private IReadOnlyList<OutputValue> Outputs => [.. _workshop.Plan.Extras.SelectMany(extra => extra.Outputs).Select(output => _result.Output(output.Action, output.Output))];

    private Digest Tree(Part part) => Outputs[(int)part].Digest;

    private string PathOf(Part part) => _store.FilePath(Outputs[(int)part].Digest, Outputs[(int)part].Executable);

    private IEnumerable<ArchiveFile> Started(string folder, Digest tree, Architecture host) =>
        new StoredFiles(_store, folder).Started(tree, host.ElfMachine!.Value, PathOf(Part.Starter), path => !HostWithout.Any(without => path.StartsWith(without, StringComparison.Ordinal)));

    private static bool IsOfSysroot(string path) => SysrootWith.Any(with => with.EndsWith('/') ? $"{path}/".StartsWith(with, StringComparison.Ordinal) : path == with) && !SysrootWithout.Any(without => path.StartsWith(without, StringComparison.Ordinal));

    // The runtime looks for itself beside the program that was started, which is the loader, and expects its own name there.
    private IEnumerable<ArchiveFile> Tool(List<ArchiveFile> programs, Architecture host)
    {
        const string runtime = $"{SdkFolders.Tool}/dotnet/dotnet";
        var loader = programs.OfType<ArchiveFile.OfDisk>().First(file => file.Name.StartsWith($"{SdkFolders.Host}/usr/lib/{host.Triplet}/ld-linux", StringComparison.Ordinal));
        foreach (var file in PublishedTool.Program(_session).Where(file => !ToolWithout.Contains(Path.GetFileName(file.Name))))
            yield return file with { Name = $"{SdkFolders.Tool}/{file.Name}" } is var moved && moved.Name == runtime ? moved with { Name = $"{runtime}.real" } : moved;
        yield return loader with { Name = runtime, IsExecutable = true };
    }

    private IEnumerable<ArchiveFile> Qemu(MachineDescription machine)
    {
        var tree = _result.Output(_workshop.Plan.Qemu!.Action, _workshop.Plan.Qemu.Output).Digest;
        const string others = "usr/bin/qemu-system-";
        return new StoredFiles(_store, SdkFolders.Qemu).Of([tree], path => !path.StartsWith(others, StringComparison.Ordinal) || path == others + machine.System);
    }
}
