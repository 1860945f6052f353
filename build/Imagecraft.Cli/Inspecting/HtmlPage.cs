// A page that is one file: no scripts, no fonts, nothing fetched. Unaware of what it tells.

using System.Xml.Linq;

namespace Imagecraft.Cli.Inspecting;

/// <summary>Pages and their parts.</summary>
public static class HtmlPage
{
    private const string Style = """
        :root { color-scheme: light dark; --a: #2563eb; --b: #f59e0b; --bad: #dc2626; --good: #16a34a; }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; margin: 1rem 0; } th, td { padding: .2rem .8rem; text-align: left; border-bottom: 1px solid #8884; vertical-align: top; overflow-wrap: break-word; } th { white-space: nowrap; }
        td.number, th.number { text-align: right; white-space: nowrap; } .failed, .broken { color: var(--bad); } .passed { color: var(--good); }
        svg { width: 100%; height: auto; margin: 1rem 0; } text { font: 11px system-ui, sans-serif; fill: currentColor; } details { margin: .5rem 0; } summary { cursor: pointer; } pre { overflow-x: auto; }
        .bar { fill: var(--a); } .bar.wait { fill: var(--b); } .label { text-anchor: end; } .map { stroke: Canvas; } .map + text { fill: #fff; } .part { fill-opacity: .8; }
        .map0 { fill: #1d4ed8; } .map1 { fill: #b45309; } .map2 { fill: #15803d; } .map3 { fill: #7e22ce; } .map4 { fill: #be123c; } .map5 { fill: #0f766e; } .map6 { fill: #4d7c0f; } .map7 { fill: #475569; }
        nav a { margin-right: 1rem; }
        """;

    /// <summary>The text of a page, beginning with its doctype.</summary>
    public static string Write(string title, params IEnumerable<object?> content)
    {
        var page = new XElement("html", new XAttribute("lang", "en"),
            new XElement("head", new XElement("meta", new XAttribute("charset", "utf-8")), new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width")), new XElement("title", title), new XElement("style", Style)),
            new XElement("body", new XElement("h1", title), content));
        return "<!DOCTYPE html>\n" + page.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    /// <summary>A table.</summary>
    /// <param name="headings">Those that begin with <c>#</c> stand over numbers.</param>
    /// <param name="rows">Cells in the order of the headings: texts or elements.</param>
    public static XElement Table(string[] headings, IEnumerable<object?[]> rows) => new("table",
        new XElement("thead", new XElement("tr", headings.Select(heading => new XElement("th", Kind(heading), heading.TrimStart('#'))))),
        new XElement("tbody", rows.Select(row => new XElement("tr", row.Select((cell, i) => new XElement("td", Kind(headings[i]), cell))))));

    /// <summary>Something that is opened by a click.</summary>
    public static XElement Folded(string summary, params object?[] content) => new("details", new XElement("summary", summary), content);

    private static XAttribute? Kind(string heading) => heading.StartsWith('#') ? new("class", "number") : null;
}
