// Keeps the manifest text with which each action last succeeded, and the reason for which it last ran. Unaware of builds.

using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Execution;

/// <summary>Why an action ran.</summary>
/// <param name="Words">For the user, e.g. <c>input /src from `main.c` changed (the source)</c>.</param>
/// <param name="Cause">The action whose changed output it was, when it was one.</param>
public sealed record RunReason(string Words, ActionId? Cause = null);

/// <summary>The texts below <c>.imagecraft/manifests</c>, one file an action; the first line is the reason of its last run, and a checksum.</summary>
sealed class ManifestFolder(string stateFolder)
{
    readonly string folder = Path.Combine(stateFolder, "manifests");

    /// <summary>The last text, or null when the action never succeeded in this workspace.</summary>
    public (RunReason Reason, string Text)? Read(ActionId id)
    {
        try
        {
            var all = File.ReadAllText(PathOf(id));
            var end = all.IndexOf('\n', StringComparison.Ordinal);
            // A torn or flipped one says nothing: facts would be missing, or there twice.
            return end >= 0 && all[..end].Split('\t') is [var words, var cause, var checksum] && checksum == Checksum(words, cause, all[(end + 1)..])
                ? (new RunReason(words, cause.Length > 0 ? new ActionId(cause) : null), all[(end + 1)..])
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Replaces the text.</summary>
    public void Write(ActionId id, RunReason reason, string text)
    {
        var path = PathOf(id);
        Directory.CreateDirectory(folder);
        var temporary = $"{path}.{Environment.ProcessId}";
        var words = reason.Words.ReplaceLineEndings(" ").Replace('\t', ' ');
        File.WriteAllText(temporary, $"{words}\t{reason.Cause}\t{Checksum(words, $"{reason.Cause}", text)}\n{text}");
        File.Move(temporary, path, overwrite: true);
    }

    static string Checksum(string words, string cause, string text) => Digest.Of(System.Text.Encoding.UTF8.GetBytes($"{words}\t{cause}\n{text}")).Prefix;

    /// <summary>Why an action with this manifest would run: how it differs from the last one.</summary>
    public RunReason Compare(ActionManifest manifest)
    {
        if (Read(manifest.Id) is not { } last)
            return new RunReason("never built in this workspace");
        var difference = ManifestText.FirstDifference(ManifestText.Read(last.Text), [.. ManifestText.Facts(manifest)]);
        if (difference is null)
            return new RunReason("its result is no longer in the cache");
        var producer = difference.After?.Producer;
        return new RunReason(difference.Words, string.IsNullOrEmpty(producer) ? null : new ActionId(producer));
    }

    string PathOf(ActionId id) => Path.Combine(folder, FileNames.Of(id));
}
