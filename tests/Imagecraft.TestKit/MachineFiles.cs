// Finds the machine of a board's image, and has it built where need be. Unaware of what is tested.

using System.Collections.Concurrent;
using System.Diagnostics;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.TestKit;

/// <summary>Asks the environment, or else the workspace's <c>./build.sh machine</c>, which builds what is not built yet.</summary>
internal static class MachineFiles
{
    private const int ShownLines = 20;

    private static readonly ConcurrentDictionary<(string Board, string? Image), Lazy<Task<MachineDescription>>> Built = new();

    // Two builds in one workspace would only wait for each other.
    private static readonly SemaphoreSlim Turn = new(1, 1);

    /// <summary>What is booted for a board and image.</summary>
    /// <exception cref="InvalidOperationException">Nothing says what, or it cannot be built.</exception>
    public static async Task<MachineDescription> FindAsync(string? board, string? image, CancellationToken cancellationToken)
    {
        MachineDescription? given = FromEnvironment();
        if (given is not null && (board is null || given.Board == board) && (image is null || given.ImageName == image))
            return given;
        if (board is null)
            throw new InvalidOperationException($"`{BootedMachine.MachineVariable}` is not set; run the tests by `./build.sh test`, set it to a machine file of a built image, or name a board");
        return await Built.GetOrAdd((board, image), key => new(() => BuildAsync(key.Board, key.Image))).Value.WaitAsync(cancellationToken);
    }

    private static MachineDescription? FromEnvironment()
    {
        string? path = Environment.GetEnvironmentVariable(BootedMachine.MachineVariable);
        if (string.IsNullOrEmpty(path))
            return null;
        return File.Exists(path)
            ? MachineDescription.FromJson(File.ReadAllText(path))
            : throw new InvalidOperationException($"Machine file `{path}` of `{BootedMachine.MachineVariable}` does not exist; build the image first");
    }

    private static async Task<MachineDescription> BuildAsync(string board, string? image)
    {
        string workspace = Workspace();
        string path = Path.Combine(workspace, ".imagecraft", "machines", $"{board}.{image}.json");
        var start = new ProcessStartInfo(Path.Combine(workspace, "build.sh"), ["machine", "--board", board, .. image is null ? Array.Empty<string>() : ["--image", image], path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        await Turn.WaitAsync();
        try
        {
            using Process build = Process.Start(start)!;
            build.StandardInput.Close();
            string[] texts = await Task.WhenAll(build.StandardOutput.ReadToEndAsync(), build.StandardError.ReadToEndAsync());
            await build.WaitForExitAsync();
            if (build.ExitCode != 0)
                throw new InvalidOperationException($"Board `{board}`{(image is null ? "" : $" with image `{image}`")} cannot be built (exit code {build.ExitCode}):\n{string.Join('\n', string.Concat(texts).TrimEnd().Split('\n').TakeLast(ShownLines))}");
            return MachineDescription.FromJson(await File.ReadAllTextAsync(path));
        }
        finally
        {
            Turn.Release();
        }
    }

    private static string Workspace()
    {
        if (Environment.GetEnvironmentVariable(BootedMachine.WorkspaceVariable) is { Length: > 0 } named)
            return Path.GetFullPath(named);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "build.sh")) && Directory.Exists(Path.Combine(folder.FullName, "boards")))
                return folder.FullName;
        throw new InvalidOperationException($"No folder above `{AppContext.BaseDirectory}` has `build.sh` and `boards/`; set `{BootedMachine.WorkspaceVariable}` to the checkout that builds the image");
    }
}
