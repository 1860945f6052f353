// Chooses actions that are run a second time, and says how the two runs differ. Unaware of how an action is run.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Reproducibility;

/// <summary>Proves that actions leave nothing to chance, by running them twice.</summary>
/// <param name="store">Where both runs' outputs are.</param>
/// <param name="share">Of the actions that run, from 0 (none) to 1 (all).</param>
/// <param name="folder">Where both forms of a file that differs are put; one folder for each action.</param>
sealed class SecondRun(ContentStore store, double share, string folder)
{
    const long LargestShown = 64 << 20;

    /// <summary>Whether an action of this key is run twice. The same keys are chosen everywhere, so a choice can be repeated; a new key is a new chance.</summary>
    public bool Chooses(ActionWork work, Digest key) =>
        work is not ActionWork.Fetch && share > 0 && uint.Parse(key.Hash.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture) < share * (1L << 32);

    /// <summary>How the runs differ, for the user, with the files put aside; null when they do not.</summary>
    public async Task<string?> DifferenceAsync(ActionId id, ImmutableSortedDictionary<string, OutputValue> first, ImmutableSortedDictionary<string, OutputValue> second, CancellationToken cancellationToken)
    {
        if (OutputDifference.Find(store, first, second) is not { } difference)
            return null;
        var place = difference.Path.Length > 0 ? $"`{difference.Path}` of its output `{difference.Output}`" : $"its output `{difference.Output}`";
        var begin = $"`{id}` gave something else when it was run a second time: in {place} ";
        if (difference is not { First: { } one, Second: { } other })
            return begin + difference.Words;
        var name = difference.Path.Length > 0 ? difference.Path : difference.Output;
        var files = await Task.WhenAll(KeepAsync(id, "first", name, one, cancellationToken), KeepAsync(id, "second", name, other, cancellationToken));
        var details = Math.Max(one.SizeBytes, other.SizeBytes) <= LargestShown
            ? ContentDifference.Describe(store.Read(one), store.Read(other))
            : string.Create(CultureInfo.InvariantCulture, $"the sizes are {one.SizeBytes} and {other.SizeBytes} bytes");
        return $"{begin}{details}\nBoth are kept: `{files[0]}`, `{files[1]}`";
    }

    Task<string> KeepAsync(ActionId id, string run, string name, Digest digest, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var path = Path.Combine(folder, FileNames.Of(id), run, Path.GetFileName(name));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Delete(path);
            store.Objects.CopyOut(digest, path, cancellationToken);
            return path;
        },
        cancellationToken);
}
