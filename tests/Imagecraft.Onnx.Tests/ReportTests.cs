// What a report shows, as table and as page.

using System.Collections.Immutable;
using System.Xml.Linq;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Reports;

namespace Imagecraft.Onnx.Tests;

public sealed class ReportTests
{
    static readonly ModelReport Report = new("classifier", "1", "top-1",
        [
            new VariantFigures("float", 4096, 0.93, new(2, 2.5, 0.1), [], []),
            new VariantFigures("int8", 1024, 0.925, new(0.8, 1.2, 0.25), ["/last<layer>"], [new LayerFigures("/last<layer>", "Gemm", 12.34, 256, 1024), new LayerFigures("/first", "Conv", double.PositiveInfinity, 768, 3072)]) { FloatNodes = ["`/up` (ConvTranspose): none"], Verdict = "a drop of 0.005" },
        ]);

    [Fact]
    public void The_table_compares_each_setting_with_float()
    {
        Assert.Equal(
            [
                "setting     size  of float   top-1  least time    median  spread  speed-up",
                "float    4.0 KiB      1.00  0.9300    2.000 ms  2.500 ms    10 %      1.00",
                "int8     1.0 KiB      0.25  0.9250    0.800 ms  1.200 ms    25 %      2.50",
            ],
            ReportTable.Lines(ReportTable.Variants(Report)));
    }

    [Fact]
    public void What_was_not_measured_is_a_dash()
    {
        var report = Report with { Metric = "", Variants = [new VariantFigures("float", 1024, null, null, [], [])] };
        Assert.Equal(["setting", "size", "of float", "accuracy", "least time", "median", "spread", "speed-up"], ReportTable.Variants(report)[0]);
        Assert.Equal(["float", "1.0 KiB", "1.00", "-", "-", "-", "-", "-"], ReportTable.Variants(report)[1]);
    }

    [Fact]
    public void Settings_that_another_beats_in_all_are_not_on_the_front()
    {
        ImmutableArray<VariantFigures> settings =
        [
            new("float", 100, 0.9, new(2, 2, 0), [], []) { Loss = 0 },
            new("small", 25, 0.8, new(1, 1, 0), [], []) { Loss = 0.1 },
            new("worse", 30, 0.8, new(1.5, 1, 0), [], []) { Loss = 0.1 },
            new("twin", 25, 0.8, new(1, 1, 0), [], []) { Loss = 0.1 },
            new("unjudged", 50, null, new(3, 3, 0), [], []),
        ];
        Assert.Equal([0, 1, 3], ParetoFront.Of(settings));
        Assert.Equal(["on the front", "*", "*", "", "*", ""], ReportTable.Variants(Report with { Variants = settings, IsSearch = true }).Select(row => row[^1]));
        // A figure that is not a number is the worst, however small and fast the network is.
        Assert.Equal([0, 1, 3], ParetoFront.Of([.. settings[..4], new("broken", 25, double.NaN, new(1, 1, 0), [], []) { Loss = double.NaN }]));
        // Counted instructions decide where all are counted.
        Assert.Equal([0, 1, 2], ParetoFront.Of([settings[0] with { Instructions = 200 }, settings[1] with { Instructions = 100 }, settings[2] with { Instructions = 50 }]));
    }

    [Fact]
    public void Counted_instructions_have_columns_of_their_own()
    {
        var report = Report with { Variants = [Report.Variants[0] with { Instructions = 3_545_696 }, Report.Variants[1] with { Instructions = 2_181_664 }] };
        Assert.Equal([("instructions", "fewer by"), ("3.546 M", "1.00"), ("2.182 M", "1.63")], ReportTable.Variants(report).Select(row => (row[^2], row[^1])));
    }

    [Fact]
    public void The_page_needs_nothing_else_and_escapes_names()
    {
        var page = ReportPage.Write(Report);
        Assert.StartsWith("<!DOCTYPE html>\n<html", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", page, StringComparison.Ordinal);
        var html = XElement.Parse(page["<!DOCTYPE html>\n".Length..]);
        Assert.Contains(html.Descendants("td"), cell => cell.Value == "/last<layer>");
        Assert.Equal("`/up` (ConvTranspose): none", html.Descendants("li").Single().Value);
        Assert.Contains(html.Descendants("p"), words => words.Value == "int8: a drop of 0.005");
        Assert.Equal(2, html.Descendants().Count(element => element.Name.LocalName == "svg"));
    }

    [Fact]
    public void Bars_are_as_long_as_their_values_on_one_scale()
    {
        var chart = new BarChart("t", [new Bar("a", "1", [new BarPart(1, "quantized")]), new Bar("b", "4", [new BarPart(4, "quantized"), new BarPart(2, "float")]), new Bar("c", "none", [new BarPart(-3, "poor")])]);
        Assert.Equal([120, 480, 240, 0], chart.Draw().Descendants().Where(element => element.Name.LocalName == "rect").Select(bar => (double)bar.Attribute("width")!));
    }

    [Fact]
    public void A_poor_layer_is_drawn_as_one()
    {
        var html = XElement.Parse(ReportPage.Write(Report)["<!DOCTYPE html>\n".Length..]);
        Assert.Equal(["poor", "quantized"], html.Descendants().Where(element => element.Name.LocalName == "rect").Take(2).Select(bar => (string)bar.Attribute("class")!));
    }

    [Fact]
    public void Each_setting_has_its_layers_and_each_profile_its_share_on_the_page()
    {
        var other = Report.Variants[1] with { Setting = "quantize.per-channel=false" };
        var profile = new ProfileReport("npu", 4, 3, 2_000_000, 1_900_000, [new("/last", "Softmax", ["the operator is not one of [Conv]"])]);
        var html = XElement.Parse(ReportPage.Write(Report with { Variants = Report.Variants.Add(other), Profiles = [profile] })["<!DOCTYPE html>\n".Length..]);
        Assert.Equal(["Layers of int8, worst first", "Layers of quantize.per-channel=false, worst first", "What npu would take"], html.Descendants("h2").Select(heading => heading.Value));
        Assert.Contains(html.Descendants("p"), text => text.Value == "3 of 4 nodes (75 %) and 95.0 % of 2.0 million multiply-accumulates; regions 0, crossings 0 (0.0 KiB), activations 0.0 KiB.");
        Assert.Contains(html.Descendants("td"), cell => cell.Value == "the operator is not one of [Conv]");
    }

    [Fact]
    public void A_long_name_keeps_its_end_and_is_whole_as_tooltip()
    {
        var name = "/" + new string('x', 60) + "/Conv_7";
        var row = new BarChart("t", [new Bar(name, "", [new BarPart(1, "float")])]).Draw().Elements().Last();
        Assert.Contains(row.Descendants(), element => element.Name.LocalName == "title" && element.Value == name);
        Assert.EndsWith("/Conv_7", row.Elements().First().Nodes().OfType<XText>().Single().Value, StringComparison.Ordinal);
    }
}
