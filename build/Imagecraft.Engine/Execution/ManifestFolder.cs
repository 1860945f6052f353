// Keeps the manifest text with which each action last succeeded, and the reason for which it last ran. Unaware of builds.

using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Execution;

/// <summary>The texts below <c>.imagecraft/manifests</c>, one file an action; the first line is the reason of its last run.</summary>
sealed class ManifestFolder(string stateFolder)
{
    readonly string folder = Path.Combine(stateFolder, "manifests");

    /// <summary>The last text, or null when the action never succeeded in this workspace.</summary>
    public (string Reason, string Text)? Read(ActionId id)
    {
        try
        {
            var all = File.ReadAllText(PathOf(id));
            var end = all.IndexOf('\n', StringComparison.Ordinal);
            return end < 0 ? null : (all[..end], all[(end + 1)..]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Replaces the text.</summary>
    public void Write(ActionId id, string reason, string text)
    {
        var path = PathOf(id);
        Directory.CreateDirectory(folder);
        var temporary = $"{path}.{Environment.ProcessId}";
        File.WriteAllText(temporary, reason.ReplaceLineEndings(" ") + "\n" + text);
        File.Move(temporary, path, overwrite: true);
    }

    string PathOf(ActionId id) => Path.Combine(folder, FileNames.Of(id));
}
