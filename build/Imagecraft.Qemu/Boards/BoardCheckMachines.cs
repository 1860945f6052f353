// Gives checks the one board that there is: as it stands, switched on anew where something can do that. Unaware of what is checked and of how the board is reached.

using System.Diagnostics;
using Imagecraft.Qemu.Checks;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Boards;

/// <summary>A board on somebody's desk. Nothing is restored between checks, so each sees what those before have left.</summary>
/// <param name="line">The way to its shell.</param>
/// <param name="login">How to log in.</param>
/// <param name="power">Switches it off and on; null: nobody does, and it must have booted.</param>
/// <param name="logs">Existing folder for <c>console.log</c>.</param>
public sealed class BoardCheckMachines(IBoardLine line, LoginOptions login, PowerSwitch? power, string logs) : ICheckMachines
{
    private const string BootNumber = "cat /proc/sys/kernel/random/boot_id";

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    // Shutdown, firmware and boot.
    private static readonly TimeSpan RebootLimit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private SerialConsole? console;

    // The board is lost, and no check after the first needs to wait for it again.
    private string? lost;

    /// <inheritdoc/>
    public bool OutliveReboots => true;

    private string Log => Path.Combine(logs, "console.log");

    /// <inheritdoc/>
    public async Task<CheckMachine> BootAsync(CancellationToken cancellationToken)
    {
        if (power is null)
            await ConnectAsync(login with { IsRunning = true }, cancellationToken);
        else
            await SwitchOnAsync(cancellationToken);
        return new(console!, null);
    }

    /// <inheritdoc/>
    public Task<string?> KeepAsync(CheckMachine booted, CancellationToken cancellationToken) =>
        Task.FromResult<string?>("The checks run on the board one after the other, so each sees what those before have left");

    /// <inheritdoc/>
    public async Task<CheckMachine> AgainAsync(Check check, CancellationToken cancellationToken)
    {
        if (lost is not null)
            throw new MachineStartException($"Not run, because the board was lost before: {lost}");
        try
        {
            if (console is { } present && (await present.RunAsync("true", AnswerLimit, cancellationToken)).Succeeded)
                return new(present, null);
        }
        catch (MachineException)
        {
            // A check before has ended it.
        }

        try
        {
            if (power is not null)
                await SwitchOnAsync(cancellationToken);
            else
                await AwaitAsync(_ => Task.FromResult(true), cancellationToken);
        }
        catch (MachineException death)
        {
            lost = death.Headline;
            throw;
        }

        return new(console!, null);
    }

    /// <inheritdoc/>
    public async Task<CheckMachine> RebootedAsync(Check check, CancellationToken cancellationToken)
    {
        CheckMachine machine = await AgainAsync(check, cancellationToken);
        string before = await NumberAsync(machine.Console, cancellationToken);
        await TellToRebootAsync(machine.Console, cancellationToken);
        await AwaitAsync(async again => await NumberAsync(again, cancellationToken) != before, cancellationToken);
        return new(console!, null);
    }

    // A line that ends with the boot is closed next, which must not overtake the command.
    private async Task TellToRebootAsync(SerialConsole told, CancellationToken cancellationToken)
    {
        if (line.HearsBoot)
        {
            await told.SendAsync("reboot\n", cancellationToken);
            return;
        }

        try
        {
            await told.RunAsync("reboot", AnswerLimit, cancellationToken);
        }
        catch (MachineException)
        {
            // The line ended before the answer.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task SwitchOnAsync(CancellationToken cancellationToken)
    {
        // What is heard of the boot begins before the power comes back.
        await CloseAsync();
        if (line.HearsBoot)
            console = await line.OpenAsync(Log, cancellationToken);
        await power!.CycleAsync(cancellationToken);
        if (console is null)
            await AwaitAsync(_ => Task.FromResult(true), cancellationToken);
        else
            await console.LoginAsync(login, cancellationToken);
    }

    private async Task ConnectAsync(LoginOptions options, CancellationToken cancellationToken)
    {
        await CloseAsync();
        console = await line.OpenAsync(Log, cancellationToken);
        await console.LoginAsync(options, cancellationToken);
    }

    // A board that boots refuses connections, or has the shell of the boot before for a while.
    private async Task AwaitAsync(Func<SerialConsole, Task<bool>> isRight, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        string why = "";
        while (true)
        {
            TimeSpan left = RebootLimit - Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                throw new MachineHangException("reboot of the board", RebootLimit, "", why.Length == 0 ? "" : $"; last seen: {why}");
            try
            {
                await ConnectAsync(login with { IsRunning = true, Limit = Least(login.Limit, left) }, cancellationToken);
                if (await isRight(console!))
                    return;
            }
            catch (MachineException again) when (again is not MachineStartException and not LoginRefusedException)
            {
                // Until it has booted.
                why = again.Headline;
            }

            await Task.Delay(RetryInterval, cancellationToken);
        }
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static async Task<string> NumberAsync(SerialConsole console, CancellationToken cancellationToken) => (await console.RunAsync(BootNumber, AnswerLimit, cancellationToken)).Output.Trim();

    private async Task CloseAsync()
    {
        if (console is not { } present)
            return;
        console = null;
        using var limit = new CancellationTokenSource(LeaveLimit);
        try
        {
            // Whoever comes next finds the board as it was.
            await present.LeaveAsync(limit.Token);
        }
        catch (Exception gone) when (gone is MachineException or OperationCanceledException)
        {
        }

        await present.DisposeAsync();
    }
}
