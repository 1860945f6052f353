// QEMU's machine for an image, put into an SDK and found there again. Unaware of what runs on it.

using System.Text.Json;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Publishing;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Cli.Development;

/// <summary>Its paths are relative to the SDK there.</summary>
public static class SdkMachine
{
    /// <summary>The files of the image that the machine names, and its description.</summary>
    /// <param name="machine">As it runs from the workspace.</param>
    /// <param name="artifacts">Folder of the image's artifacts.</param>
    public static IEnumerable<ArchiveFile> Files(MachineDescription machine, string artifacts)
    {
        var folder = $"{SdkFolders.Itself}/{SdkFolders.Machine}";
        var moved = Moved(machine, (text, isList) => text.Replace(isList ? Doubled(artifacts) : artifacts, folder, StringComparison.Ordinal)) with
        {
            ToolRoot = $"{SdkFolders.Itself}/{SdkFolders.Qemu}",
            Accelerators = [.. machine.Accelerators.Select(a => a with { Server = [$"{SdkFolders.Itself}/{SdkFolders.Programs}/{Path.GetFileNameWithoutExtension(a.Server[2])}", .. a.Server[3..]] })],
        };
        yield return new ArchiveFile.OfText($"{SdkFolders.Machine}/{SdkFolders.MachineFile}", IsExecutable: false, moved.ToJson());
        string[] named = [moved.Image, moved.Disk, .. moved.Arguments, $"{folder}/{RunDemand.KernelConfiguration}", $"{folder}/{RunDemand.Sums}"];
        foreach (var path in Directory.EnumerateFiles(artifacts).Where(path => named.Any(text => Names(text, $"{folder}/{Path.GetFileName(path)}"))))
            yield return new ArchiveFile.OfDisk($"{SdkFolders.Machine}/{Path.GetFileName(path)}", IsExecutable: false, path);
    }

    /// <summary>The machine of the SDK in a folder.</summary>
    /// <exception cref="ProblemException">It has none.</exception>
    public static MachineDescription Read(string sdk)
    {
        var path = Path.Combine(sdk, SdkFolders.Machine, SdkFolders.MachineFile);
        if (!File.Exists(path))
            throw ProblemException.User($"The SDK `{sdk}` has no machine of QEMU's: its board has none", "Use a board: `--to ssh://root@ADDRESS`");
        try
        {
            return Moved(MachineDescription.FromJson(File.ReadAllText(path)), (text, isList) => text.Replace(SdkFolders.Itself, isList ? Doubled(sdk) : sdk, StringComparison.Ordinal));
        }
        catch (JsonException damaged)
        {
            throw ProblemException.Environment($"`{path}` is damaged: {damaged.Message}", "Unpack the SDK again");
        }
    }

    // A text names a file when the path ends there.
    private static bool Names(string text, string path) => text.Split(',', '=').Contains(path);

    // Commas of paths are doubled where QEMU reads a list.
    private static string Doubled(string path) => path.Replace(",", ",,", StringComparison.Ordinal);

    private static MachineDescription Moved(MachineDescription machine, Func<string, bool, string> move) => machine with
    {
        ToolRoot = move(machine.ToolRoot, false),
        Image = move(machine.Image, false),
        Disk = move(machine.Disk, false),
        Arguments = [.. machine.Arguments.Select(argument => move(argument, argument.Contains('=', StringComparison.Ordinal)))],
        Accelerators = [.. machine.Accelerators.Select(accelerator => accelerator with { Server = [.. accelerator.Server.Select(word => move(word, false))] })],
    };
}
