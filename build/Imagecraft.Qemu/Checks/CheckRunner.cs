// Runs checks: those of the boot on the booted machine, each other on a machine of its own in the same state. Unaware of QEMU and of printing.

using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Checks;

/// <summary>What is to be run and how.</summary>
public sealed record CheckRequest
{
    /// <summary>What is booted, for the report.</summary>
    public required string Name { get; init; }

    /// <summary>Run on the booted machine itself, one after the other.</summary>
    public ImmutableArray<Check> Boot { get; init; } = [];

    /// <summary>Each run on a machine in the state after the boot. What a check needs stands before it.</summary>
    public ImmutableArray<Check> Checks { get; init; } = [];

    /// <summary>How many machines run at once, from 1 up.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>What is known of the machines' CPU from outside, for messages; null: nothing.</summary>
    public string? Processor { get; init; }

    /// <summary>Outputs become the golden files of the checks that have one.</summary>
    public bool Accept { get; init; }
}

/// <summary>Runs checks.</summary>
public static class CheckRunner
{
    /// <summary>Owner of the checks that nobody declares.</summary>
    public const string BootOwner = "boot";

    private static readonly TimeSpan FactsLimit = TimeSpan.FromSeconds(30);

    /// <summary>Boots, and runs all checks. A machine that dies breaks the check at hand and no other; only without a boot all are broken.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="machines">Gives the machines.</param>
    /// <param name="progress">Told after each check, from any thread, one at a time.</param>
    /// <param name="note">Told what is worth knowing besides.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="MachineStartException">There is no machine at all: QEMU or an artifact is missing, or QEMU does not take the board's arguments.</exception>
    public static async Task<CheckReport> RunAsync(
        CheckRequest request, ICheckMachines machines, Action<CheckResult>? progress, Action<string>? note, CancellationToken cancellationToken)
    {
        var login = new Check { Owner = BootOwner, Name = "login", Run = "(power on, wait for a shell)" };
        var results = new CheckResults([login, .. request.Boot, .. request.Checks], progress);
        CheckMachine booted;
        try
        {
            booted = await machines.BootAsync(cancellationToken);
        }
        catch (MachineException death) when (death is not MachineStartException)
        {
            results.Add(new(login, CheckOutcome.Broken, [death.Message], "", TimeSpan.Zero));
            results.BreakTheRest($"Not run, because the machine died before: {death.Headline}");
            return new(request.Name, results.All, null);
        }

        BootFigures figures;
        await using (booted)
        {
            TimeSpan? bootTime = booted.Console.BootTime;
            results.Add(new(login, CheckOutcome.Passed, [], "", bootTime ?? TimeSpan.Zero));
            figures = await BootChecksAsync(request, booted, bootTime, results, cancellationToken);
            if (request.Checks.Length > 0 && !results.IsBroken && await machines.KeepAsync(booted, cancellationToken) is { } reason)
                note?.Invoke(reason);
        }

        if (results.IsBroken)
            results.BreakTheRest("Not run, because the machine died in the checks of its boot");
        await RunEachAsync(request, machines, results, cancellationToken);
        return new(request.Name, results.All, figures);
    }

    /// <summary>Runs one check on a console that is logged in.</summary>
    /// <exception cref="MachineException">The machine died.</exception>
    public static async Task<CheckResult> RunOneAsync(SerialConsole console, Check check, CancellationToken cancellationToken, bool accept = false, string? processor = null)
    {
        foreach (string path in check.Needs.Where(need => need.StartsWith('/')))
            if (!(await console.RunAsync(ShellProgram.Command("exists", path), check.Limit, cancellationToken)).Succeeded)
                return new(check, CheckOutcome.LeftOut, [$"Not run, because the board has no `{path}`, which it needs"], "", TimeSpan.Zero);
        CommandResult given = await console.RunAsync(check.Run, check.Limit, cancellationToken);
        if (accept)
            CheckJudge.Accept(check, given);
        ImmutableArray<string> problems = [.. CheckJudge.Problems(check, given)];
        if (problems.Length > 0 && IllegalInstructions.IsMeant(given))
            problems = problems.Add(await IllegalInstructions.ExplainAsync(console, processor, cancellationToken));
        return new(check, problems.Length == 0 ? CheckOutcome.Passed : CheckOutcome.Failed, problems, given.Output, given.Duration);
    }

    private static async Task<BootFigures> BootChecksAsync(CheckRequest request, CheckMachine booted, TimeSpan? bootTime, CheckResults results, CancellationToken cancellationToken)
    {
        long? memory = null;
        try
        {
            CommandResult available = await booted.Console.RunAsync("sed -n 's/^MemAvailable: *//p' /proc/meminfo", FactsLimit, cancellationToken);
            if (long.TryParse(available.Output.Split(' ')[0], CultureInfo.InvariantCulture, out long kibibytes))
                memory = kibibytes * 1024;
        }
        catch (MachineException)
        {
            // The first check tells it better.
        }

        foreach (Check check in request.Boot)
        {
            if (results.IsBroken)
                break;
            results.Add(await GuardedAsync(check, () => RunOneAsync(booted.Console, check, cancellationToken, processor: request.Processor)));
        }

        return new(bootTime, memory);
    }

    private static async Task RunEachAsync(CheckRequest request, ICheckMachines machines, CheckResults results, CancellationToken cancellationToken)
    {
        using var slots = new SemaphoreSlim(request.Jobs);
        var running = new Dictionary<string, Task>();
        foreach (Check check in request.Checks)
        {
            if (results.Has(check))
                continue;
            // Before it takes a slot, so that a check that waits keeps nobody from running.
            Task[] needed = [.. check.Needs.Where(running.ContainsKey).Select(need => running[need])];
            running[check.FullName] = RunInTurnAsync(check, needed);
        }

        await Task.WhenAll(running.Values);

        async Task RunInTurnAsync(Check check, Task[] needed)
        {
            await Task.WhenAll(needed);
            if (check.Needs.FirstOrDefault(results.DoesNotHold) is { } missing)
            {
                results.Add(new(check, CheckOutcome.LeftOut, [$"Not run, because check `{missing}`, which it needs, did not pass"], "", TimeSpan.Zero));
                return;
            }

            await slots.WaitAsync(cancellationToken);
            try
            {
                results.Add(await GuardedAsync(check, () => OnAMachineAsync(check, machines, request, cancellationToken)));
            }
            finally
            {
                slots.Release();
            }
        }
    }

    // The kernel's log is looked at too: what a check does must not make the kernel complain.
    private static async Task<CheckResult> OnAMachineAsync(Check check, ICheckMachines machines, CheckRequest request, CancellationToken cancellationToken)
    {
        await using CheckMachine machine = await (check.AfterReboot ? machines.RebootedAsync(check, cancellationToken) : machines.AgainAsync(check, cancellationToken));
        CheckResult result = await GuardedAsync(check, () => OnThisMachineAsync(machine, check, machines, request, cancellationToken));
        return result.Problems.Length > 0 && machine.Complaint is { } complaint && await complaint() is { } reason ? result with { Problems = result.Problems.Add(reason) } : result;
    }

    private static async Task<CheckResult> OnThisMachineAsync(CheckMachine machine, Check check, ICheckMachines machines, CheckRequest request, CancellationToken cancellationToken)
    {
        if (check.Expects is not null)
            return await EndingCheck.RunAsync(machine.Console, check, machines, cancellationToken);
        CommandResult begin = await machine.Console.RunAsync("dmesg | tail -n 1", FactsLimit, cancellationToken);
        CheckResult result = await RunOneAsync(machine.Console, check, cancellationToken, request.Accept, request.Processor);
        if (result.Outcome == CheckOutcome.LeftOut)
            return result;
        CommandResult log = await machine.Console.RunAsync("dmesg", FactsLimit, cancellationToken);
        int known = begin.Output.Length == 0 ? -1 : log.Output.LastIndexOf(begin.Output, StringComparison.Ordinal);
        string added = known < 0 ? log.Output : log.Output[(known + begin.Output.Length)..];
        ImmutableArray<string> faults = [.. CheckJudge.OfKernel(check, added)];
        return faults.Length == 0 ? result : result with { Outcome = CheckOutcome.Failed, Problems = [.. result.Problems, .. faults] };
    }

    private static async Task<CheckResult> GuardedAsync(Check check, Func<Task<CheckResult>> run)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            return await run();
        }
        catch (MachineException death)
        {
            return new(check, CheckOutcome.Broken, [death.Message], "", Stopwatch.GetElapsedTime(started));
        }
    }
}
