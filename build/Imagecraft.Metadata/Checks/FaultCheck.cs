// Faults of checks: only what a program serves can be told to go wrong. Unaware of what the faults do.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>Checks <c>faults</c>.</summary>
static class FaultCheck
{
    /// <summary>Reports faults of checks that are about no accelerator that a program serves.</summary>
    public static void Check(Workspace workspace, Reading reading)
    {
        foreach (var (owner, checks) in OwnedChecks.Of(workspace))
        {
            reading.Owner = owner;
            foreach (var check in checks.Where(check => !check.Faults.IsEmpty && !IsServed(workspace, owner, check)))
                reading.Error(Codes.Contradiction, $"Check `{check.Name}` lets things go wrong, but is about no accelerator that a program serves", check.Faults[0].Span, $"Name one that has `server` by `needs: [ \"{OwnedChecks.AcceleratorThing}NAME\" ]`, or remove `faults`");
        }
    }

    static bool IsServed(Workspace workspace, DocumentId owner, CheckSpec check) =>
        check.Needs.Select(need => need.Value)
            .Where(need => need.StartsWith(OwnedChecks.AcceleratorThing, StringComparison.Ordinal))
            .Select(need => need[OwnedChecks.AcceleratorThing.Length..])
            .Concat(owner.Kind == KindNames.Accelerator ? [owner.Name] : [])
            .Any(name => workspace.Accelerators.TryGetValue(name, out var accelerator) && accelerator.Server is not null);
}
