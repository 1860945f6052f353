// A check that expects its machine to reboot or its kernel to panic. Unaware of QEMU and of printing.

using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Checks;

/// <summary>Runs it and judges by what became of the machine; the command's exit code and output say nothing.</summary>
internal static partial class EndingCheck
{
    private const string BootNumber = "cat /proc/sys/kernel/random/boot_id";

    private static readonly TimeSpan FactsLimit = TimeSpan.FromSeconds(30);

    public static async Task<CheckResult> RunAsync(SerialConsole console, Check check, ICheckMachines machines, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        string before = (await console.RunAsync(BootNumber, FactsLimit, cancellationToken)).Output;
        string output = "";
        MachineException? end = null;
        try
        {
            CommandResult given = await console.RunAsync(check.Run, check.Limit, cancellationToken);
            output = given.Output;
            // A reboot is only begun by a command.
            TimeSpan left = check.Limit - Stopwatch.GetElapsedTime(started);
            await console.WaitForPatternAsync(Never(), left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
        }
        catch (MachineException death)
        {
            end = death;
        }

        bool rebooted = end is MachineRebootedException or MachineExitException { IsReset: true };
        if (!rebooted && end is not KernelPanicException && machines.OutliveReboots)
        {
            CheckMachine again = await machines.AgainAsync(check, cancellationToken);
            rebooted = (await again.Console.RunAsync(BootNumber, FactsLimit, cancellationToken)).Output != before;
        }

        string? problem = (check.Expects, end) switch
        {
            (ExpectedEnd.Panic, KernelPanicException or MachineRebootedException { HasPanicked: true }) => null,
            // With `panic=` a kernel resets the machine after its last words.
            (ExpectedEnd.Reboot, _) when rebooted => null,
            (ExpectedEnd.Panic, _) when rebooted => "Kernel did not panic where it could be heard, and the machine rebooted; a panic is heard on a serial line only",
            (ExpectedEnd.Panic, _) => $"Kernel did not panic within {check.Limit.TotalSeconds:0.#} s",
            _ => $"Machine did not reboot within {check.Limit.TotalSeconds:0.#} s{(end is null or MachineHangException { IsCertain: false } ? "" : $": {end.Headline}")}",
        };
        return new(check, problem is null ? CheckOutcome.Passed : CheckOutcome.Failed, problem is null ? [] : ImmutableArray.Create(problem), output, Stopwatch.GetElapsedTime(started));
    }

    [GeneratedRegex("(?!)")]
    private static partial Regex Never();
}
