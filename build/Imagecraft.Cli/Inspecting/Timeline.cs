// Bars along a common time, as SVG. Unaware of what they stand for.

using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;

namespace Imagecraft.Cli.Inspecting;

/// <summary>A span of time.</summary>
/// <param name="Name">In words.</param>
/// <param name="Start">Seconds from the beginning.</param>
/// <param name="Seconds">How long.</param>
/// <param name="Words">What its tooltip tells.</param>
public sealed record TimeSpanBar(string Name, double Start, double Seconds, string Words);

/// <summary>Draws them, one a row.</summary>
public static class Timeline
{
    private const double Label = 300, Bars = 560, Value = 100, Row = 18, Bar = 12;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>The picture.</summary>
    public static XElement Draw(string title, ImmutableArray<TimeSpanBar> bars)
    {
        var end = Math.Max(bars.Select(bar => bar.Start + bar.Seconds).DefaultIfEmpty(0).Max(), 0.001);
        var picture = new XElement(Svg + "svg", new XAttribute("viewBox", $"0 0 {Number(Label + Bars + Value)} {Number((Row * bars.Length) + 4)}"), new XAttribute("role", "img"), new XElement(Svg + "title", title));
        for (var i = 0; i < bars.Length; i++)
        {
            var (bar, top) = (bars[i], i * Row);
            var (start, width) = (Label + (bar.Start / end * Bars), Math.Max(1, bar.Seconds / end * Bars));
            picture.Add(new XElement(Svg + "g",
                new XElement(Svg + "title", $"{bar.Name}: {bar.Words}"),
                new XElement(Svg + "text", new XAttribute("x", Number(Label - 8)), new XAttribute("y", Number(top + Bar)), new XAttribute("class", "label"), bar.Name.Length <= 48 ? bar.Name : "\u2026" + bar.Name[^47..]),
                new XElement(Svg + "rect", new XAttribute("x", Number(start)), new XAttribute("y", Number(top + 2)), new XAttribute("width", Number(width)), new XAttribute("height", Number(Bar)), new XAttribute("class", "bar")),
                new XElement(Svg + "text", new XAttribute("x", Number(start + width + 6)), new XAttribute("y", Number(top + Bar)), string.Create(CultureInfo.InvariantCulture, $"{bar.Seconds:0.##} s"))));
        }

        return picture;
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
