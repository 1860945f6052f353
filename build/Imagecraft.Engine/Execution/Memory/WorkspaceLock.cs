// Lets one build at a time work in a workspace: logs, manifests and memory there are one build's. Unaware of what is built.

using System.Globalization;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Memory;

/// <summary>The file <c>.imagecraft/lock</c>, which names its holder while a build runs.</summary>
static class WorkspaceLock
{
    static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);
    const int MostWords = 200;

    /// <summary>Waits until no other build works in the workspace; null when <paramref name="stop"/> ended the waiting.</summary>
    /// <param name="stateFolder">The workspace's <c>.imagecraft</c>.</param>
    /// <param name="tell">Told once, when another holds it.</param>
    /// <param name="stop">Ends the waiting.</param>
    public static async Task<FileLock?> TakeAsync(string stateFolder, Action<string> tell, CancellationToken stop)
    {
        PrivateFolder.Make(stateFolder);
        var path = Path.Combine(stateFolder, "lock");
        var told = false;
        while (true)
        {
            if (FileLock.TryTake(path) is { } taken)
            {
                taken.Note(string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId}{Command()}"));
                return taken;
            }

            if (!told)
                tell($"Another call works in this workspace ({Holder(path)}); this one goes on when that is done");
            told = true;
            try
            {
                await Task.Delay(_interval, stop);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    static string Command()
    {
        var words = string.Join(' ', Environment.GetCommandLineArgs().Skip(1)).ReplaceLineEndings(" ");
        return words.Length == 0 ? "" : $", `{(words.Length > MostWords ? words[..MostWords] + "..." : words)}`";
    }

    static string Holder(string path) =>
        Posix.TryRead(path, out _) is { Length: > 0 } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : "it just began";
}
