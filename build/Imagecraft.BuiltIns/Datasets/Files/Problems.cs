// Gathers what is wrong with a dataset, to tell all of it at once. Unaware of what it is.

using System.Collections.Concurrent;
using Imagecraft.Engine.Actions;

namespace Imagecraft.BuiltIns.Datasets.Files;

internal sealed class Problems(string dataset)
{
    private const int MostShown = 20;

    private readonly ConcurrentBag<(string Order, string Text)> found = [];

    /// <summary>Whether there is one already.</summary>
    public bool Any => !found.IsEmpty;

    /// <summary>Takes a problem; those of one stage are shown in the order of <paramref name="order"/>.</summary>
    public void Add(string order, string text) => found.Add((order, text));

    /// <summary>Ends the action when there is any.</summary>
    /// <exception cref="ActionFailedException">There is one or more; at most twenty are shown.</exception>
    public void Check()
    {
        if (found.IsEmpty)
            return;
        string[] texts = [.. found.OrderBy(f => f.Order, StringComparer.Ordinal).ThenBy(f => f.Text, StringComparer.Ordinal).Select(f => f.Text)];
        if (texts.Length == 1)
            throw new ActionFailedException($"The dataset `{dataset}`: {texts[0]}");
        var rest = texts.Length > MostShown ? $"\n  and {texts.Length - MostShown} more" : "";
        throw new ActionFailedException($"The dataset `{dataset}` has {texts.Length} problems:{string.Concat(texts.Take(MostShown).Select(t => $"\n  {t}"))}{rest}");
    }

    /// <summary>Ends the action at once.</summary>
    public ActionFailedException Fatal(string text) => new($"The dataset `{dataset}`: {text}");
}
