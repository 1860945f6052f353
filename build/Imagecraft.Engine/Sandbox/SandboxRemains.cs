// Ends what a killed build may leave of a sandbox. Unaware of actions.

namespace Imagecraft.Engine.Sandbox;

/// <summary>
/// Bubblewrap's inner process waits for the outer one before it asks the kernel to end it with its parent. If the build is killed in that moment, the outer one ends and the inner one waits for ever: it runs nothing, but it stays.
/// </summary>
/// <remarks>Source: bubblewrap.c, where the child reads from an eventfd, which has no end of file, before <c>handle_die_with_parent</c>.</remarks>
static class SandboxRemains
{
    const int KillSignal = 9;

    /// <summary>Ends all sandboxes that work in a folder whose build is dead.</summary>
    /// <param name="scratch">The build's folder; its name is random and stands on the command line of each of its sandboxes.</param>
    public static void End(string scratch)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid) || !IsOf(pid, scratch))
                continue;
            try
            {
                using var process = PidHandle.Open(pid);
                // The number may have passed on before the handle was there.
                if (IsOf(pid, scratch))
                    process.Signal(KillSignal);
            }
            catch (IOException)
            {
                // It ended by itself.
            }
        }
    }

    static bool IsOf(int pid, string scratch)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            return words.Contains(Bubblewrap.DieWithParent) && words.Any(word => word.Contains(scratch + "/", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
