// Where this process may make control groups, under either version of the kernel's interface. Unaware of bounds.

namespace Imagecraft.Engine.Sandbox;

/// <summary>Folders in which groups can be made.</summary>
/// <param name="Memory">For memory.</param>
/// <param name="Processes">For processes; the same where there is one hierarchy.</param>
/// <param name="IsUnified">Version 2.</param>
sealed record ControlGroupPlace(string Memory, string Processes, bool IsUnified)
{
    /// <summary>How names of our groups begin; the id of their process follows.</summary>
    public const string Prefix = "imagecraft-";

    const string Root = "/sys/fs/cgroup";

    /// <summary>The place, tried by making a group; null when there is none. Groups that killed processes left behind are removed.</summary>
    public static ControlGroupPlace? Find()
    {
        foreach (var place in Candidates())
        {
            RemoveLeftOvers(place);
            if (Works(place))
                return place;
        }

        return null;
    }

    /// <summary>Removes a group; one that has processes, or is not there, stays as it is.</summary>
    public static void TryRemove(string folder)
    {
        try
        {
            // A plain rmdir: the files of a group are the kernel's.
            Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not ours, not empty, or gone.
        }
    }

    static IEnumerable<ControlGroupPlace> Candidates()
    {
        var own = Lines("/proc/self/cgroup").Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).ToList();
        if (File.Exists($"{Root}/cgroup.controllers"))
        {
            if (own.FirstOrDefault(parts => parts[0] == "0") is not [_, _, var path])
                yield break;
            // A group with processes of its own has no bounded groups below it, except the root; so ours is a sibling.
            var here = Root + path.TrimEnd('/');
            yield return new(here, here, IsUnified: true);
            if (path != "/")
                yield return new(Path.GetDirectoryName(here)!, Path.GetDirectoryName(here)!, IsUnified: true);
            yield break;
        }

        if (V1("memory") is { } memory && V1("pids") is { } processes)
            yield return new(memory, processes, IsUnified: false);

        // In a container the path is that of the host, where the mount shows the container's own folder.
        string? V1(string controller)
        {
            var path = own.FirstOrDefault(parts => parts[1].Split(',').Contains(controller))?[2];
            return path is null ? null
                : Directory.Exists($"{Root}/{controller}{path}") ? $"{Root}/{controller}{path}".TrimEnd('/')
                : Directory.Exists($"{Root}/{controller}") ? $"{Root}/{controller}" : null;
        }
    }

    static bool Works(ControlGroupPlace place)
    {
        var trial = $"{Prefix}{Environment.ProcessId}-trial";
        string[] folders = [Path.Combine(place.Memory, trial), Path.Combine(place.Processes, trial)];
        try
        {
            foreach (var folder in folders)
                Directory.CreateDirectory(folder);
            return File.Exists(Path.Combine(folders[0], place.IsUnified ? "memory.max" : "memory.limit_in_bytes")) && File.Exists(Path.Combine(folders[1], "pids.max"))
                && CanMoveBetween(place);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            foreach (var folder in folders)
                TryRemove(folder);
        }
    }

    // A process is moved by who may write the list of the group above both.
    static bool CanMoveBetween(ControlGroupPlace place)
    {
        using var list = File.OpenHandle(Path.Combine(place.Memory, "cgroup.procs"), FileMode.Open, FileAccess.Write);
        return !list.IsInvalid;
    }

    static void RemoveLeftOvers(ControlGroupPlace place)
    {
        try
        {
            foreach (var folder in new[] { place.Memory, place.Processes }.Distinct().SelectMany(parent => Directory.EnumerateDirectories(parent, Prefix + "*")))
            {
                var owner = Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
                if (!Directory.Exists($"/proc/{owner}"))
                    TryRemove(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A place that cannot be listed is found out by the trial.
        }
    }

    static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
