// Files of a running machine: what differs from an image, and how that gets there. Unaware of recipes and of how the machine is reached.

using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Deploying;

/// <summary>Works by the shell and the usual small programs of the machine: sha256sum, stat, readlink, gzip and tar.</summary>
/// <param name="folder">For what is copied.</param>
public sealed class MachineFiles(MachineFolder folder)
{
    private const string List = "list", Archive = "files.tar.gz";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Those that the machine lacks or has otherwise.</summary>
    public async Task<IReadOnlyList<InstalledFile>> DifferentAsync(IReadOnlyList<InstalledFile> files, CancellationToken cancellationToken)
    {
        await folder.WriteAsync(List, new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(files.Select(file => file.Path + "\n")))), cancellationToken).ConfigureAwait(false);
        var said = await ExpectAsync(
            "while IFS= read -r p; do if [ -L \"$p\" ]; then echo \"link $(readlink \"$p\")\"; elif [ -f \"$p\" ]; then s=$(sha256sum < \"$p\"); echo \"file ${s%% *} $(stat -c '%a %u %g' \"$p\")\"; else echo none; fi; done < " + $"{folder.Path}/{List}",
            cancellationToken).ConfigureAwait(false);
        var states = said.TrimEnd('\n').Split('\n');
        return states.Length == files.Count
            ? [.. files.Where((file, i) => states[i] != file.State)]
            : throw ProblemException.Environment($"The machine answered {states.Length} lines for {files.Count} files: {said[..Math.Min(said.Length, 300)]}", "It needs `sha256sum`, `stat` and `readlink`");
    }

    /// <summary>Puts files where they belong, each whole or not at all: an archive is copied, compared and unpacked.</summary>
    /// <exception cref="ProblemException">The machine cannot write them; what it said is told.</exception>
    public async Task PutAsync(IReadOnlyList<InstalledFile> files, CancellationToken cancellationToken)
    {
        var archive = new MemoryStream();
        await using (var compressed = new GZipStream(archive, CompressionLevel.Optimal, leaveOpen: true))
        await using (var tar = new TarWriter(compressed, TarEntryFormat.Gnu, leaveOpen: true))
            foreach (var file in files)
                await tar.WriteEntryAsync(Plain(file), cancellationToken).ConfigureAwait(false);
        archive.Position = 0;
        await folder.WriteAsync(Archive, archive, cancellationToken).ConfigureAwait(false);
        // A program that runs is not written over: tar takes its name away first.
        await ExpectAsync($"gzip -dc {folder.Path}/{Archive} | tar -xpf - -C /", cancellationToken).ConfigureAwait(false);
        if (await DifferentAsync(files, cancellationToken).ConfigureAwait(false) is { Count: > 0 } wrong)
            throw ProblemException.Environment($"[{string.Join(", ", wrong.Select(file => file.Path))}] are not as they were sent", "Is the file system full, or only read? An image with the feature `readonly-root` can be written to");
    }

    private static GnuTarEntry Plain(InstalledFile file)
    {
        var entry = new GnuTarEntry(file.Entry.EntryType is TarEntryType.SymbolicLink ? TarEntryType.SymbolicLink : TarEntryType.RegularFile, file.Path.TrimStart('/')) { Mode = file.Entry.Mode, Uid = file.Entry.Uid, Gid = file.Entry.Gid };
        if (entry.EntryType is TarEntryType.SymbolicLink)
            entry.LinkName = file.Entry.LinkName;
        else
            entry.DataStream = file.Entry.DataStream;
        return entry;
    }

    private async Task<string> ExpectAsync(string command, CancellationToken cancellationToken)
    {
        var result = await folder.Console.RunAsync($"set -o pipefail 2>/dev/null; {command}", Limit, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Output : throw ProblemException.Environment($"The machine could not do it (exit code {result.ExitCode}): {result.Output.Trim()}", "Is the file system full, or only read?");
    }
}
