// From what metadata declares to what the check runner takes. Unaware of machines.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Checks;
using Imagecraft.Planning;
using Imagecraft.Qemu.Checks;

namespace Imagecraft.Cli.Checking;

/// <summary>Translates.</summary>
public static class DeclaredChecks
{
    /// <summary>A declared check in the runner's terms.</summary>
    /// <param name="planned">What was declared.</param>
    /// <param name="workspaceRoot">Where golden files are relative to.</param>
    public static Check Of(PlannedCheck planned, string workspaceRoot) => new()
    {
        Owner = planned.Owner,
        Name = planned.Check.Name,
        Run = planned.Check.Run,
        Exit = planned.Check.Exit,
        Output = planned.Check.Output?.Value,
        Golden = planned.Check.Golden is { } golden ? Path.Combine(workspaceRoot, golden) : null,
        Contains = [.. planned.Check.Contains.Select(c => c.Value)],
        Matches = [.. planned.Check.Matches.Select(m => m.Value)],
        Limit = TimeSpan.FromSeconds(planned.Check.TimeoutSeconds),
        Expects = planned.Check.Expects?.Value switch { "reboot" => ExpectedEnd.Reboot, "panic" => ExpectedEnd.Panic, _ => null },
        KernelMessages = [.. planned.Check.KernelMessages.Select(m => m.Value)],
        Tags = [.. planned.Check.Tags.Select(t => t.Value)],
        KnownFailure = planned.Check.KnownFailure?.Value,
        Accelerators = planned.Accelerators,
        Faults = [.. planned.Check.Faults.Select(f => f.Value)],
        FaultsPreventStart = planned.Check.Faults.Any(f => f.Value.Split(':')[0] == FaultNames.FirmwareVersion),
        Needs = [.. planned.Check.Needs.Select(n => Need(planned.Owner, n.Value)).OfType<string>()],
    };

    /// <summary>What a boot must show, in the runner's terms.</summary>
    public static BootExpectations Of(PlannedBoot boot) => new() { Services = boot.Services, Without = boot.Without, Layer = boot.Layer, Partitions = [.. boot.Partitions.Select(p => new ExpectedPartition(p.Number, p.Grows, p.Mount))] };

    // What the image must have was decided while planning.
    private static string? Need(string owner, string need) => need switch
    {
        ['/', ..] => need,
        _ when need.Contains(':', StringComparison.Ordinal) => null,
        _ when need.Contains('/', StringComparison.Ordinal) => need,
        _ => $"{owner}/{need}",
    };
}
