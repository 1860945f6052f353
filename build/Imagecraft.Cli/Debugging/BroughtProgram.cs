// A program that a machine needs for a while, and whose image need not have it. Unaware of what it does.

using System.Collections.Immutable;
using System.Formats.Tar;
using System.IO.Compression;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Deploying;
using Imagecraft.Images.Programs;

namespace Imagecraft.Cli.Debugging;

/// <summary>How the machine starts it.</summary>
/// <param name="Command">Shell words in front of its arguments.</param>
public sealed record BroughtProgram(string Command)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Uses the machine's own, or copies it there with the libraries that the machine lacks.</summary>
    /// <param name="path">Where images have it; a recipe that has it, and the recipe <c>libc</c>, are planned beside the image.</param>
    /// <param name="folder">A folder of the machine.</param>
    /// <param name="planned">Content of files by their paths on the board, for what the machine lacks.</param>
    /// <param name="triplet">Names its folder of libraries.</param>
    /// <param name="cancellationToken">Ends copying.</param>
    /// <exception cref="ProblemException">The machine cannot take it, or cannot run it.</exception>
    public static async Task<BroughtProgram> OnAsync(string path, MachineFolder folder, Func<string, byte[]> planned, string triplet, CancellationToken cancellationToken)
    {
        var console = folder.Console;
        if ((await console.RunAsync($"test -x {path}", Limit, cancellationToken).ConfigureAwait(false)).Succeeded)
            return new(path);
        var name = Path.GetFileName(path);
        var program = planned(path);
        var elf = ElfProgram.Read(program)!;
        var libraries = $"/usr/lib/{triplet}";
        var missing = await console.RunAsync($"for l in {string.Join(' ', elf.Needed)}; do [ -e {libraries}/$l ] || [ -e /lib/$l ] || [ -e /lib64/$l ] || echo $l; done", Limit, cancellationToken).ConfigureAwait(false);
        ImmutableArray<(string Name, byte[] Content)> files = [(name, program), .. missing.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(library => (library, planned($"{libraries}/{library}")))];
        await folder.WriteAsync($"{name}.tar.gz", Archive(files), cancellationToken).ConfigureAwait(false);
        var own = $"{folder.Path}/{name}-files";
        // By the loader itself: a variable would reach what the program starts.
        var brought = new BroughtProgram($"{elf.Loader} --library-path {own} {own}/{name}");
        var works = await console.RunAsync($"mkdir {own} && gzip -dc {own[..^"-files".Length]}.tar.gz | tar -xf - -C {own} && rm {own[..^"-files".Length]}.tar.gz && {brought.Command} --version", Limit, cancellationToken).ConfigureAwait(false);
        return works.Succeeded ? brought : throw ProblemException.Environment($"`{name}` does not run on the machine: {works.Output.Trim()}", "It needs the C library that recipes are compiled against (package `libc`), `gzip` and `tar`");
    }

    private static MemoryStream Archive(ImmutableArray<(string Name, byte[] Content)> files)
    {
        var archive = new MemoryStream();
        using (var compressed = new GZipStream(archive, CompressionLevel.Optimal, leaveOpen: true))
        using (var tar = new TarWriter(compressed, TarEntryFormat.Ustar, leaveOpen: true))
            foreach (var (name, content) in files)
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { Mode = (UnixFileMode)0b111_101_101, DataStream = new MemoryStream(content) });
        archive.Position = 0;
        return archive;
    }
}
