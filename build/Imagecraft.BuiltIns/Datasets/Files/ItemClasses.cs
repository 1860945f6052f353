// From names of classes to their indices. Unaware of files.

using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Imagecraft.Onnx.Data;

namespace Imagecraft.BuiltIns.Datasets.Files;

/// <summary>The classes of a dataset.</summary>
/// <param name="Names">By index; empty: labels are numbers, or intervals of voice, as they are.</param>
internal sealed partial record ItemClasses(ImmutableArray<string> Names)
{
    /// <summary>Those that are given; else those of COCO; else numbers as they are, or the names that occur, sorted.</summary>
    public static ItemClasses Of(ImmutableArray<string> given, ImmutableArray<string> categories, IEnumerable<LabelledItem> items)
    {
        if (!given.IsEmpty || !categories.IsEmpty)
            return new(given.IsEmpty ? categories : given);
        string[] labels = [.. items.Select(i => i.Label).Where(l => l.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new(labels.All(PlainPattern().IsMatch) ? [] : [.. labels]);
    }

    /// <summary>The label as a list of a split has it; null when no class has it, which is noted.</summary>
    public string? Label(LabelledItem item, Problems problems)
    {
        if (item.Words is { } words)
        {
            if (words.Any(char.IsControl))
                problems.Add(item.Where, $"{item.Where} has words with a tab or a line break; write a space instead");
            return FrameLabelText.Of(new FrameLabel.Words(words));
        }

        if (item.Label.Length == 0 || Names.IsEmpty)
            return item.Label;
        if (Index(item.Label) is >= 0 and var index)
            return index.ToString(CultureInfo.InvariantCulture);
        problems.Add(item.Where, $"{item.Where} has the label `{item.Label}`, but the classes are [{string.Join(", ", Names)}]; correct it, or add the class to `classes`");
        return null;
    }

    /// <summary>The boxes of an image as a list of a split has them; problems are noted.</summary>
    public string Boxes(LabelledItem item, Problems problems)
    {
        foreach (var unknown in item.Boxes!.Boxes.Select(b => b.Class).Distinct(StringComparer.Ordinal).Where(c => Index(c) < 0))
            problems.Add(item.Where, $"{item.Where} has a box of the class `{unknown}`, but the classes are [{string.Join(", ", Names)}]; correct it, or add the class to `classes`");
        return FrameLabelText.Of(new FrameLabel.Boxes([.. item.Boxes.Boxes.Select(b => new LabelledBox(b.X, b.Y, b.Width, b.Height, Index(b.Class)))]));
    }

    private int Index(string name) => Names.IndexOf(name);

    [GeneratedRegex("^([0-9]{1,9}|([0-9]{1,9}-[0-9]{1,9})(,[0-9]{1,9}-[0-9]{1,9})*)$")]
    private static partial Regex PlainPattern();
}
