// Horizontal bars as SVG. Unaware of what they stand for.

using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;

namespace Imagecraft.Onnx.Reports;

/// <summary>A chart of labelled bars that share one scale, drawn without scripts and fonts of its own.</summary>
/// <param name="Title">Words above, with the unit.</param>
/// <param name="Bars">From top to bottom.</param>
public sealed record BarChart(string Title, ImmutableArray<Bar> Bars)
{
    const int LabelWidth = 320, BarWidth = 480, ValueWidth = 120, RowHeight = 18, BarHeight = 12, TitleHeight = 26;

    static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>The picture; its text can be selected and its labels are cut to fit, with the whole label as tooltip.</summary>
    public XElement Draw()
    {
        var height = TitleHeight + (RowHeight * Bars.Length) + 4;
        var most = Bars.SelectMany(bar => bar.Parts).Select(part => part.Value).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        var picture = new XElement(Svg + "svg",
            new XAttribute("viewBox", Invariant($"0 0 {LabelWidth + BarWidth + ValueWidth} {height}")),
            new XAttribute("role", "img"),
            new XElement(Svg + "title", Title),
            Text(0, 16, "heading", Title));
        for (var row = 0; row < Bars.Length; row++)
            picture.Add(Row(Bars[row], TitleHeight + (row * RowHeight), most));
        return picture;
    }

    static XElement Row(Bar bar, int top, double most)
    {
        var label = Text(LabelWidth - 8, top + BarHeight - 1, "label", Shortened(bar.Label));
        label.Add(new XElement(Svg + "title", bar.Label));
        var row = new XElement(Svg + "g", label);
        var thickness = BarHeight / (double)bar.Parts.Length;
        for (var i = 0; i < bar.Parts.Length; i++)
        {
            row.Add(new XElement(Svg + "rect",
                new XAttribute("x", LabelWidth),
                new XAttribute("y", Number(top + (i * thickness))),
                new XAttribute("width", Number(Width(bar.Parts[i].Value, most))),
                new XAttribute("height", Number(thickness)),
                new XAttribute("class", bar.Parts[i].Class)));
        }

        row.Add(Text(LabelWidth + 6 + Width(bar.Parts.Max(part => part.Value), most), top + BarHeight - 1, "value", bar.Shown));
        return row;
    }

    // Nothing is drawn for values below zero; those beyond all numbers (no error at all) fill the width.
    static double Width(double value, double most) =>
        double.IsPositiveInfinity(value) ? BarWidth : most > 0 && value > 0 ? Math.Max(1, value / most * BarWidth) : 0;

    static XElement Text(double x, double y, string style, string text) =>
        new(Svg + "text", new XAttribute("x", Number(x)), new XAttribute("y", Number(y)), new XAttribute("class", style), text);

    // The end of a layer's name tells it from others.
    static string Shortened(string label) => label.Length <= 48 ? label : "..." + label[^45..];

    static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

/// <summary>A row of a chart.</summary>
/// <param name="Label">On the left.</param>
/// <param name="Shown">The value in words, behind the bar.</param>
/// <param name="Parts">Thin bars one below the other: value and CSS class.</param>
public sealed record Bar(string Label, string Shown, ImmutableArray<BarPart> Parts);

/// <summary>One thin bar.</summary>
public sealed record BarPart(double Value, string Class);
