// Sizes as areas, two levels deep, as SVG. Unaware of what they are sizes of.

using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;

namespace Imagecraft.Cli.Inspecting;

/// <summary>A size with a name, and the sizes it consists of.</summary>
/// <param name="Name">In words.</param>
/// <param name="Size">Above zero.</param>
/// <param name="Parts">Empty at the lowest level.</param>
public sealed record TreeMapItem(string Name, long Size, ImmutableArray<TreeMapItem> Parts);

/// <summary>A rectangle in a picture.</summary>
public readonly record struct Area(double X, double Y, double Width, double Height)
{
    /// <summary>The same without a margin on each side and a strip on top.</summary>
    public Area Within(double margin, double top) => new(X + margin, Y + top + margin, Math.Max(0, Width - (2 * margin)), Math.Max(0, Height - top - (2 * margin)));
}

/// <summary>A squarified treemap: rectangles of the sizes' proportions, as near to squares as can be.</summary>
/// <remarks>Source: Bruls, Huizing, van Wijk, "Squarified Treemaps", 2000.</remarks>
public static class TreeMap
{
    private const double Width = 960, Height = 480, Header = 14, Readable = 28;

    private const int Colours = 8;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>The picture; each rectangle has its name and size as a tooltip.</summary>
    /// <param name="title">What the areas are.</param>
    /// <param name="items">The largest need not be first.</param>
    /// <param name="words">A size in words.</param>
    public static XElement Draw(string title, IEnumerable<TreeMapItem> items, Func<long, string> words)
    {
        var picture = new XElement(Svg + "svg", new XAttribute("viewBox", $"0 0 {Number(Width)} {Number(Height)}"), new XAttribute("role", "img"), new XElement(Svg + "title", title));
        var colour = 0;
        foreach (var (item, area) in Layout([.. items], new Area(0, 0, Width, Height)))
        {
            var inner = area.Within(1, Header);
            var nested = item.Parts.Length > 0 && inner is { Width: > Readable, Height: > Readable };
            picture.Add(Rectangle(item, area, $"map map{colour}", words, nested ? $"{item.Name} {words(item.Size)}" : item.Name));
            if (nested)
                foreach (var (part, place) in Layout(item.Parts, inner))
                    picture.Add(Rectangle(part, place, $"map part map{colour}", words, part.Name.Split('/').Last(), item.Name));
            colour = (colour + 1) % Colours;
        }

        return picture;
    }

    /// <summary>Shares an area out; sizes of nothing get none.</summary>
    public static ImmutableArray<(TreeMapItem Item, Area Area)> Layout(ImmutableArray<TreeMapItem> items, Area area)
    {
        var sorted = items.Where(item => item.Size > 0).OrderByDescending(item => item.Size).ThenBy(item => item.Name, StringComparer.Ordinal).ToList();
        var placed = ImmutableArray.CreateBuilder<(TreeMapItem, Area)>(sorted.Count);
        double left = sorted.Sum(item => (double)item.Size);
        for (var start = 0; start < sorted.Count;)
        {
            var shorter = Math.Min(area.Width, area.Height);
            var scale = area.Width * area.Height / left;
            var count = 1;
            while (start + count < sorted.Count && Worst(sorted, start, count + 1, scale, shorter) <= Worst(sorted, start, count, scale, shorter))
                count++;
            var sum = sorted.Skip(start).Take(count).Sum(item => (double)item.Size);
            var isColumn = area.Width >= area.Height;
            var thickness = shorter > 0 ? sum * scale / shorter : 0;
            var at = isColumn ? area.Y : area.X;
            foreach (var item in sorted.Skip(start).Take(count))
            {
                var length = shorter * item.Size / sum;
                placed.Add((item, isColumn ? new(area.X, at, thickness, length) : new(at, area.Y, length, thickness)));
                at += length;
            }

            area = isColumn ? new(area.X + thickness, area.Y, Math.Max(0, area.Width - thickness), area.Height) : new(area.X, area.Y + thickness, area.Width, Math.Max(0, area.Height - thickness));
            left -= sum;
            start += count;
        }

        return placed.ToImmutable();
    }

    // The largest ratio of sides in a row of so many.
    private static double Worst(List<TreeMapItem> items, int start, int count, double scale, double shorter)
    {
        var sum = items.Skip(start).Take(count).Sum(item => item.Size * scale);
        double largest = items[start].Size * scale, smallest = items[start + count - 1].Size * scale;
        return Math.Max(shorter * shorter * largest / (sum * sum), sum * sum / (shorter * shorter * smallest));
    }

    private static XElement Rectangle(TreeMapItem item, Area area, string style, Func<long, string> words, string label, string? within = null)
    {
        var group = new XElement(Svg + "g",
            new XElement(Svg + "title", $"{(within is null ? "" : $"{within}: ")}{item.Name}, {words(item.Size)}"),
            new XElement(Svg + "rect", new XAttribute("x", Number(area.X)), new XAttribute("y", Number(area.Y)), new XAttribute("width", Number(area.Width)), new XAttribute("height", Number(area.Height)), new XAttribute("class", style)));
        var letters = (int)((area.Width - 6) / 6);
        if (letters >= 3 && area.Height >= Header)
            group.Add(new XElement(Svg + "text", new XAttribute("x", Number(area.X + 3)), new XAttribute("y", Number(area.Y + 11)), label.Length <= letters ? label : label[..(letters - 1)] + "\u2026"));
        return group;
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
