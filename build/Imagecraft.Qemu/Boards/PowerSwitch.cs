// Switches a board off and on by a command of its user. Unaware of consoles.

using System.Diagnostics;

namespace Imagecraft.Qemu.Boards;

/// <summary>Any shell command that does both, e.g. one of a power strip.</summary>
/// <param name="command">Shell code for this host.</param>
public sealed class PowerSwitch(string command)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Switches the board off and on.</summary>
    /// <exception cref="MachineStartException">The command fails, or does not end.</exception>
    public async Task CycleAsync(CancellationToken cancellationToken)
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken), errors = process.StandardError.ReadToEndAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new MachineStartException($"Power command `{command}` did not end within {Limit.TotalSeconds:0} s; it must switch the board off and on, and end");
        }

        if (process.ExitCode != 0)
            throw new MachineStartException($"Power command `{command}` ended with exit code {process.ExitCode}: {(await errors + await output).Trim()}; `--power \"\"` goes without");
    }
}
