// Files to and from a machine: over a port of their own where it has one, else over its console. Unaware of what is in them.

using System.Security.Cryptography;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.TestKit;

public sealed partial class Machine
{
    // Slower than any machine is on a host that works on.
    private const double LeastBytesPerSecond = 50_000;

    private readonly SemaphoreSlim filesTurn = new(1, 1);
    private FilePort? files;

    /// <summary>Copies a file of this host to the machine: no network is needed. It goes over a virtio port where the machine has a virtio serial bus, otherwise, slowly, over the console.</summary>
    /// <exception cref="IOException">The machine could not write it.</exception>
    public async Task CopyToAsync(string hostPath, string targetPath, CancellationToken cancellationToken = default)
    {
        await using FileStream content = File.OpenRead(hostPath);
        await filesTurn.WaitAsync(cancellationToken);
        try
        {
            if (await DeviceForFilesAsync(cancellationToken) is { Length: > 0 } device)
            {
                string sent = await BothAsync(
                    KitScript.Command("receive-file", device, $"{content.Length}", targetPath), content.Length, targetPath, end => files!.SendAsync(content, end), cancellationToken);
                await CompareAsync(sent, targetPath, cancellationToken);
            }
            else
            {
                await Qemu.Console.WriteFileAsync(content, targetPath, DefaultLimit, cancellationToken);
            }
        }
        finally
        {
            filesTurn.Release();
        }
    }

    /// <summary>Copies a file of the machine to this host, by the same way; over the console up to about 20 MiB.</summary>
    /// <exception cref="IOException">The machine could not read it.</exception>
    public async Task CopyFromAsync(string targetPath, string hostPath, CancellationToken cancellationToken = default)
    {
        await using FileStream destination = File.Create(hostPath);
        await filesTurn.WaitAsync(cancellationToken);
        try
        {
            if (await DeviceForFilesAsync(cancellationToken) is { Length: > 0 } device)
            {
                long size = long.TryParse(await SucceededAsync($"wc -c < {ShellText.Quote(targetPath)}", targetPath, cancellationToken), out long bytes) ? bytes : 0;
                string mark = "imagecraft-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
                string received = await BothAsync(
                    KitScript.Command("send-file", device, targetPath, mark), size, targetPath, end => files!.ReceiveAsync(destination, mark, end), cancellationToken);
                await CompareAsync(received, targetPath, cancellationToken);
            }
            else
            {
                await Qemu.Console.ReadFileAsync(targetPath, destination, DefaultLimit, cancellationToken);
            }
        }
        finally
        {
            filesTurn.Release();
        }
    }

    private async Task<string> DeviceForFilesAsync(CancellationToken cancellationToken)
    {
        if (files is null)
            return "";
        return files.Device ??= await RunAsync(KitScript.Command("find-port", FilePort.Name), cancellationToken: cancellationToken) is { Succeeded: true } found ? found.Output.Trim() : "";
    }

    // The machine's program and this end of the port. When either fails before the other has ended, what is still on its way would come into the next file, so the port is not used again.
    private async Task<string> BothAsync(string command, long size, string targetPath, Func<CancellationToken, Task<string>> transfer, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        FilePort port = files!;
        Task<string> moved = transfer(ending.Token);
        bool isClean = false;
        try
        {
            CommandResult result = await RunAsync(command, DefaultLimit + TimeSpan.FromSeconds(size / LeastBytesPerSecond), cancellationToken);
            if (result.End == CommandEnd.Exited)
                isClean = await Task.WhenAny(moved, Task.Delay(DefaultLimit, cancellationToken)) == moved;
            cancellationToken.ThrowIfCancellationRequested();
            if (!result.Succeeded)
                throw Failed(result, targetPath);
            return isClean ? await moved : throw new IOException($"Copying `{targetPath}`: the machine has ended its part, but not all bytes came through its port");
        }
        finally
        {
            if (!isClean)
                port.Device = "";
            await ending.CancelAsync();
            await moved.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task CompareAsync(string expected, string targetPath, CancellationToken cancellationToken)
    {
        string sum = await SucceededAsync($"sha256sum < {ShellText.Quote(targetPath)}", targetPath, cancellationToken);
        if (!sum.StartsWith(expected, StringComparison.Ordinal))
            throw new IOException($"`{targetPath}` has another content after copying: expected {expected}, the machine says {sum.Trim()}");
    }

    private async Task<string> SucceededAsync(string command, string targetPath, CancellationToken cancellationToken)
    {
        CommandResult result = await RunAsync(command, cancellationToken: cancellationToken);
        return result.Succeeded ? result.Output : throw Failed(result, targetPath);
    }

    private static IOException Failed(CommandResult result, string targetPath) =>
        new($"Copying `{targetPath}` failed on the machine ({result.End}, exit code {result.ExitCode}): {result.Output.Trim()}");

    // A port for each QEMU, as long as the machine has a bus for it.
    private void RenewFilePort()
    {
        files?.Dispose();
        files = description.Arguments.Concat(options.Arguments).Any(argument => argument.StartsWith("virtio-serial", StringComparison.Ordinal)) ? new() : null;
    }
}
