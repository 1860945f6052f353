// Checks that every image gets. Unaware of images.

namespace Imagecraft.Qemu.Checks;

/// <summary>Makes the checks that nobody has to declare.</summary>
public static class StandardChecks
{
    /// <summary>The kernel's log has no line that tells of a fault.</summary>
    public static Check KernelLog { get; } = new()
    {
        Owner = "kernel",
        Name = "log-without-faults",
        Run = "dmesg",
        MatchesNot = [@"\bOops\b", @"\bBUG:", @"\bWARNING:", @"\bCall trace:"],
    };

    /// <summary>The module can be loaded and is listed in <c>/proc/modules</c>.</summary>
    /// <param name="accelerator">Who needs it.</param>
    /// <param name="module">As modprobe names it.</param>
    public static Check Module(string accelerator, string module) => new()
    {
        Owner = accelerator,
        Name = $"module-{module}",
        Run = $"modprobe '{module}' && grep '^{module.Replace('-', '_')} ' /proc/modules",
    };
}
