// The descendants of a process, by /proc. Unaware of what they do.

using System.Globalization;

namespace Imagecraft.Engine.Sandbox;

static class ProcessTree
{
    /// <summary>The process ids of all descendants of <paramref name="root"/>, parents first, without itself.</summary>
    public static List<int> Descendants(int root)
    {
        var found = new List<int>();
        var open = new Stack<int>([root]);
        while (open.TryPop(out var pid))
        {
            foreach (var child in Children(pid))
            {
                found.Add(child);
                open.Push(child);
            }
        }

        return found;
    }

    /// <summary>Resident memory of <paramref name="root"/> and its descendants, in bytes; shared pages count once for each.</summary>
    public static long ResidentBytes(int root) => Descendants(root).Append(root).Sum(Resident);

    /// <summary>The program's short name (<c>comm</c>), empty when the process is gone.</summary>
    public static string Name(int pid) => Read($"/proc/{pid}/comm").TrimEnd('\n');

    static IEnumerable<int> Children(int pid)
    {
        string[] threads;
        try
        {
            threads = Directory.GetDirectories($"/proc/{pid}/task");
        }
        catch (IOException)
        {
            return [];
        }

        return [.. threads.SelectMany(t => Read($"{t}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(c => int.Parse(c, CultureInfo.InvariantCulture))];
    }

    static long Resident(int pid) => Read($"/proc/{pid}/statm").Split(' ') is [_, var pages, ..]
        ? long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize
        : 0;

    static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
