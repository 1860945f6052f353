// Which thread had which processor, as SVG: a row for each. Unaware of where that is known from.

using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;

namespace Imagecraft.Cli.Profiling;

/// <summary>Draws them along a common time.</summary>
public static class ProcessorRows
{
    private const double Label = 80, Width = 1000, Row = 26, Bar = 20, Letter = 6.2, Least = 0.2;

    private const int Colours = 8;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>The picture. Slices narrower than a fifth of a point are left out.</summary>
    /// <param name="title">In words.</param>
    /// <param name="slices">At least one.</param>
    public static XElement Draw(string title, ImmutableArray<RunningSlice> slices)
    {
        var (start, end) = (slices.Min(slice => slice.Start), slices.Max(slice => slice.End));
        var cpus = slices.Select(slice => slice.Cpu).Distinct().Order().ToList();
        var picture = new XElement(Svg + "svg", new XAttribute("viewBox", $"0 0 {Number(Label + Width)} {Number(Row * cpus.Count)}"), new XAttribute("role", "img"), new XElement(Svg + "title", title));
        for (var i = 0; i < cpus.Count; i++)
            picture.Add(new XElement(Svg + "text", new XAttribute("x", Number(Label - 8)), new XAttribute("y", Number((i * Row) + 15)), new XAttribute("class", "label"), $"processor {cpus[i]}"));
        foreach (var slice in slices)
        {
            var (x, width) = (Label + ((slice.Start - start) / Math.Max(1e-9, end - start) * Width), (slice.End - slice.Start) / Math.Max(1e-9, end - start) * Width);
            if (width < Least)
                continue;
            var (top, letters) = (cpus.IndexOf(slice.Cpu) * Row, (int)((width - 4) / Letter));
            picture.Add(new XElement(Svg + "g",
                new XElement(Svg + "title", string.Create(CultureInfo.InvariantCulture, $"{slice.Task} ({slice.Id}): {(slice.End - slice.Start) * 1e3:0.###} ms from {(slice.Start - start) * 1e3:0.###} ms on")),
                new XElement(Svg + "rect", new XAttribute("x", Number(x)), new XAttribute("y", Number(top)), new XAttribute("width", Number(width)), new XAttribute("height", Number(Bar)), new XAttribute("class", $"map map{slice.Id % Colours}")),
                letters < 3 ? null : new XElement(Svg + "text", new XAttribute("x", Number(x + 3)), new XAttribute("y", Number(top + 14)), slice.Task.Length <= letters ? slice.Task : slice.Task[..(letters - 1)] + "\u2026")));
        }

        return picture;
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
