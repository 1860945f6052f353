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

    /// <summary>Whether the process does or waits for nothing but what others do: it neither runs nor is about to, nor waits for a disk.</summary>
    public static bool Sleeps(int pid) => StatusField(pid, "State:") is not ['R' or 'D', ..];

    /// <summary>The process's id in its own, innermost namespace; 0 when it is gone.</summary>
    public static int InnermostId(int pid) => StatusField(pid, "NSpid:").Split('\t') is [.., var last] && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;

    /// <summary>The children of a process, of all its threads.</summary>
    public static IEnumerable<int> Children(int pid)
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

    /// <summary>Resident memory in bytes, shared pages included; 0 when the process is gone.</summary>
    public static long Resident(int pid) => Read($"/proc/{pid}/statm").Split(' ') is [_, var pages, ..]
        ? long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize
        : 0;

    static string StatusField(int pid, string name) =>
        Read($"/proc/{pid}/status").Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim() ?? "";

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
