// A model report as one HTML file that needs nothing else. Unaware of where it is written.

using System.Collections.Immutable;
using System.Xml.Linq;

namespace Imagecraft.Onnx.Reports;

/// <summary>Tables and charts of a <see cref="ModelReport"/>.</summary>
public static class ReportPage
{
    const string Style = """
        :root { color-scheme: light dark; --a: #2563eb; --b: #f59e0b; --bad: #dc2626; }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; margin: 1rem 0; } th, td { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #8884; }
        th:first-child, td:first-child, .words th, .words td { text-align: left; } th + th, td + td { white-space: nowrap; } .words td + td { white-space: normal; } svg { width: 100%; height: auto; margin: 1rem 0; }
        text { font: 11px system-ui, sans-serif; fill: currentColor; } .heading { font-size: 14px; font-weight: 600; } .label { text-anchor: end; }
        .quantized { fill: var(--a); } .float { fill: var(--b); } .poor { fill: var(--bad); }
        """;

    /// <summary>Below this signal-to-noise ratio, in decibel, a layer's bar is drawn as a poor one: its noise has a tenth of its signal's amplitude.</summary>
    const double PoorDecibel = 20;

    /// <summary>The page, beginning with its doctype.</summary>
    public static string Write(ModelReport report)
    {
        var body = new XElement("body",
            new XElement("h1", $"{report.Name} {report.Version}"),
            Table(ReportTable.Variants(report)));
        foreach (var variant in report.Variants.Where(variant => variant.Verdict is not null))
            body.Add(new XElement("p", $"{variant.Setting}: {variant.Verdict}"));
        foreach (var variant in report.Variants.Where(variant => !variant.FloatLayers.IsEmpty))
            body.Add(new XElement("p", $"In `{variant.Setting}` these layers stayed float for the accuracy: {string.Join(", ", variant.FloatLayers)}"));
        foreach (var variant in report.Variants.Where(variant => !variant.FloatNodes.IsEmpty))
            body.Add(new XElement("p", $"In `{variant.Setting}` these nodes are not on integers:"), new XElement("ul", variant.FloatNodes.Select(node => new XElement("li", node))));
        foreach (var variant in report.Variants.Where(variant => !variant.Layers.IsEmpty))
        {
            body.Add(new XElement("h2", $"Layers of {variant.Setting}, worst first"));
            body.Add(Errors(variant.Layers).Draw(), Sizes(variant.Layers).Draw(), Table(ReportTable.Layers(variant.Layers)));
        }
        foreach (var profile in report.Profiles)
        {
            body.Add(new XElement("h2", $"What {profile.Profile} would take"), new XElement("p", $"{profile.Text}."));
            if (!profile.Offenders.IsEmpty)
                body.Add(Table(ReportTable.Offenders(profile), "words"));
        }

        var page = new XElement("html", new XAttribute("lang", "en"),
            new XElement("head", new XElement("meta", new XAttribute("charset", "utf-8")), new XElement("title", $"{report.Name} {report.Version}"), new XElement("style", Style)),
            body);
        return "<!DOCTYPE html>\n" + page.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    static BarChart Errors(ImmutableArray<LayerFigures> layers) => new("Signal to quantization noise of each layer, in dB (longer is better)",
        [.. layers.Select(layer => new Bar(layer.Name, ReportTable.Decibel(layer.SignalToNoise), [new BarPart(layer.SignalToNoise, layer.SignalToNoise < PoorDecibel ? "poor" : "quantized")]))]);

    static BarChart Sizes(ImmutableArray<LayerFigures> layers) => new("Weights of each layer, in KiB: float above, deployed below",
        [.. layers.Where(layer => layer.FloatBytes > 0).OrderByDescending(layer => layer.FloatBytes).Select(layer => new Bar(
            layer.Name,
            $"{ReportTable.Kibibytes(layer.FloatBytes)} to {ReportTable.Kibibytes(layer.Bytes)}",
            [new BarPart(layer.FloatBytes, "float"), new BarPart(layer.Bytes, "quantized")]))]);

    static XElement Table(ImmutableArray<ImmutableArray<string>> rows, string kind = "numbers") => new("table", new XAttribute("class", kind),
        rows.Select((row, i) => new XElement("tr", row.Select(cell => new XElement(i == 0 ? "th" : "td", cell)))));
}
