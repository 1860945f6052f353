// Stacks as a picture: each function as wide as what it took, upon the one that called it. Unaware of where stacks come from.
// Source: Brendan Gregg, "The Flame Graph", Communications of the ACM 59(6), 2016.

using System.Globalization;
using System.Xml.Linq;

namespace Imagecraft.Cli.Profiling;

/// <summary>Draws it as SVG, the root on top.</summary>
public static class FlameGraph
{
    private const double Width = 1080, Row = 17, Letter = 6.2, Least = 0.3;

    private const int Colours = 8;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>The picture; each function has its name and share as a tooltip. What would be narrower than a third of a point is left out.</summary>
    /// <param name="tree">The stacks.</param>
    /// <param name="words">What an amount is, in words.</param>
    public static XElement Draw(StackTree tree, Func<long, string> words)
    {
        var picture = new XElement(Svg + "svg", new XAttribute("role", "img"), new XElement(Svg + "title", tree.Name));
        var deepest = 0;
        Add(tree, 0, 0);
        picture.Add(new XAttribute("viewBox", $"0 0 {Number(Width)} {Number((deepest + 1) * Row)}"));
        return picture;

        void Add(StackTree at, double x, int depth)
        {
            var width = Width * at.Total / Math.Max(1, tree.Total);
            if (width < Least)
                return;
            deepest = Math.Max(deepest, depth);
            var letters = (int)((width - 4) / Letter);
            picture.Add(new XElement(Svg + "g",
                new XElement(Svg + "title", string.Create(CultureInfo.InvariantCulture, $"{at.Name}: {words(at.Total)}, {100.0 * at.Total / Math.Max(1, tree.Total):0.#} %; itself {words(at.Own)}")),
                new XElement(Svg + "rect", new XAttribute("x", Number(x)), new XAttribute("y", Number(depth * Row)), new XAttribute("width", Number(width)), new XAttribute("height", Number(Row - 1)), new XAttribute("class", $"map map{Colour(at.Name)}")),
                letters < 3 ? null : new XElement(Svg + "text", new XAttribute("x", Number(x + 3)), new XAttribute("y", Number((depth * Row) + 12)), at.Name.Length <= letters ? at.Name : at.Name[..(letters - 1)] + "\u2026")));
            foreach (var call in at.Calls)
            {
                Add(call, x, depth + 1);
                x += Width * call.Total / Math.Max(1, tree.Total);
            }
        }
    }

    // The same function has the same colour in every picture.
    private static int Colour(string name) => (int)(name.Aggregate(2166136261u, (hash, letter) => (hash ^ letter) * 16777619u) % Colours);

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
