// From an answering shell to the machine's end. Unaware of QEMU.

using System.Diagnostics;

namespace Imagecraft.Qemu.Consoles;

public sealed partial class SerialConsole
{
    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>Has the system shut down, and waits until the machine has ended. A system that refuses, because it still has others to do, is told again.</summary>
    /// <param name="command"><c>reboot</c> or <c>poweroff</c>, on a machine that ends with either.</param>
    /// <param name="limit">Time from now to the end.</param>
    /// <param name="cancellationToken">Ends waiting; the console is not usable afterwards.</param>
    /// <exception cref="MachineHangException">It goes on. The message says what the command said.</exception>
    /// <exception cref="MachineException">It dies on its way.</exception>
    public async Task ShutDownAsync(string command, TimeSpan limit, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        CommandResult? told = null, refusal = null;
        try
        {
            do
            {
                if (told is not null)
                    await Task.Delay(TellAgainAfter, cancellationToken);
                refusal = told;
                told = await RunAsync(command, Left(), cancellationToken);
            }
            while (told is { End: CommandEnd.Exited, ExitCode: not 0 } && Left() > TimeSpan.Zero);
            await WaitForEndAsync(Left(), cancellationToken);
        }
        catch (MachineExitException)
        {
            // Before the command could say that it has begun.
        }
        catch (MachineHangException late) when (!late.IsCertain)
        {
            // The last time may have been too short.
            string said = (told is { End: CommandEnd.Exited } ? told : refusal) switch
            {
                null or { End: not CommandEnd.Exited } => "has not returned",
                { ExitCode: 0 } => "has returned without an error",
                { } refused => $"ends with exit code {refused.ExitCode}{(refused.Output.Length == 0 ? "" : $": {refused.Output.Trim()}")}",
            };
            throw new MachineHangException("end of the machine", limit, LastLines, $"; `{command}` {said}");
        }

        TimeSpan Left() => limit - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } left ? left : TimeSpan.Zero;
    }
}
