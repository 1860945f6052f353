// What is read back of an image: sizes, files, reasons, differences, a page, logs, graphs.

using System.Text.Json;
using System.Xml.Linq;
using Imagecraft.Cli.Inspecting;
using Imagecraft.Cli.Verbs;
using Imagecraft.Images.Manifests;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Cli.Tests;

public sealed class InspectingTests : IDisposable
{
    private readonly CliProcess _cli = new();

    public InspectingTests()
    {
        _cli.Write("boards/b.yaml", "architecture: riscv64\ndebian: riscv64\ntriplet: riscv64-linux-gnu\nkernel-arch: riscv\nkernel-image: Image\ncpu: riscv64\ntoolroot: cross\n");
        _cli.Write("boards/board.yaml", "board: b\narchitecture: riscv64\nkernel: linux\ncommand-line: x\nconsole: ttyS0\ndefault-image: small\n");
        _cli.Write("images/small.yaml", "image: small\n");
        _cli.Write("recipes/other.yaml", "recipe: other\nversion: \"1\"\nlicense: MIT\nbuild: { system: script, steps: \"true\" }\npackages:\n  - { name: other, files: [ \"/usr/bin/oth*\" ] }\n");
        WriteImage("out/b/small", "1.0", 1000);
    }

    [Fact]
    public async Task Sizes_are_told_by_package_and_by_file()
    {
        Assert.Equal((0, "", "tool          1000 B   99.0 %  1 file\nlibc            10 B    1.0 %  1 file\ntogether      1010 B\n"), await _cli.RunAsync("size"));
        Assert.Equal((0, "", "/usr/bin/tool      1000 B  100.0 %\ntogether           1000 B\n"), await _cli.RunAsync("size", "tool"));
        var (code, _, json) = await _cli.RunAsync("size", "--json");
        Assert.Equal((0, 1000), (code, JsonDocument.Parse(json).RootElement[0].GetProperty("bytes").GetInt32()));
        var (unknown, errors, _) = await _cli.RunAsync("size", "tol");
        Assert.Equal((3, "error: No package of the image is named `tol`\n  Did you mean `tool`?\n"), (unknown, errors));
    }

    [Fact]
    public async Task A_file_is_found_with_its_package_or_with_the_recipe_that_would_bring_it()
    {
        Assert.Equal((0, "", "/usr/bin/tool  1000 B  tool\n"), await _cli.RunAsync("find", "tool"));
        Assert.Equal((0, "", "/usr/bin/t -> tool  link  tool\n/usr/bin/tool  1000 B  tool\n"), await _cli.RunAsync("find", "/usr/bin/*"));
        Assert.Equal((3, "", "The image `small` has no file `/usr/bin/other`; these packages may bring it:\n  other of recipe other, by its files [/usr/bin/oth*]\n"), await _cli.RunAsync("find", "/usr/bin/other"));
        var (code, errors, _) = await _cli.RunAsync("find", "nothing");
        Assert.Equal(3, code);
        Assert.Contains("no recipe says that it brings it", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_a_package_is_there_is_told_up_to_the_image()
    {
        Assert.Equal((0, "", "libc: tool requires it, and the image small names it\nrequired by [tool]\n"), await _cli.RunAsync("why-in-image", "libc"));
        Assert.Equal((0, "", "tool: the image small names it\n"), await _cli.RunAsync("why-in-image", "/usr/bin/t"));
        Assert.Equal(3, (await _cli.RunAsync("why-in-image", "lib")).ExitCode);
        Assert.Equal((3, "error: `/usr` is of no package: it is a folder that leads to others\n", ""), await _cli.RunAsync("why-in-image", "/usr"));
    }

    [Fact]
    public async Task Images_are_compared_in_all_that_they_have()
    {
        WriteImage("release", "1.1", 3000, license: "GPL-2.0-only", symbol: "m", boot: "4.000", outcome: false, latency: "2.5");
        var (code, errors, text) = await _cli.RunAsync("compare", "b/small", Path.Combine(_cli.Root, "release"));
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(
            """
            packages: 1
              tool  1.0  ->  1.1
            licenses: 1
              tool  MIT  ->  GPL-2.0-only
            sizes of packages: 1
              tool  1000 B  ->  2.9 KiB (+2.0 KiB)
            files: 1
              /usr/bin/tool  file 0755 0:0 1000 B 541b3e9d, tool  ->  file 0755 0:0 3000 B c81ca5ed, tool
            kernel configuration: 2
              CONFIG_A     y  ->  m
              CONFIG_ONLY  n  ->  y
            boot: 1
              time to login  3.0 s  ->  4.0 s
            latencies: 1
              net/bench  1.5 ms  ->  2.5 ms
            checks: 1
              tool/runs  passed  ->  failed

            """.ReplaceLineEndings("\n"),
            text);
        var json = JsonDocument.Parse((await _cli.RunAsync("compare", "b/small", Path.Combine(_cli.Root, "release"), "--json")).Output).RootElement;
        Assert.Equal("1.1", json.GetProperty("packages")[0].GetProperty("after").GetString());
        var page = Path.Combine(_cli.Root, "page.html");
        Assert.Equal(0, (await _cli.RunAsync("compare", "b/small", Path.Combine(_cli.Root, "release", "manifest.json"), "--page", page)).ExitCode);
        Assert.Contains("<summary>kernel configuration: 2</summary>", File.ReadAllText(page), StringComparison.Ordinal);
        Assert.Equal((0, "", "Nothing differs\n"), await _cli.RunAsync("compare", "b/small", "b/small"));
    }

    [Fact]
    public async Task A_manifest_of_an_older_version_gives_no_reasons()
    {
        var manifest = Path.Combine(_cli.Root, "out/b/small/manifest.json");
        var image = ManifestJson.Read(File.ReadAllText(manifest));
        File.WriteAllText(manifest, ManifestJson.Write(image with { Packages = [.. image.Packages.Select(p => p with { Reason = null, RequiredBy = null })] }));
        Assert.Equal((3, "error: The manifest in `ROOT/out/b/small` gives no reasons: an older version wrote it\n  Build the image again\n", ""), await _cli.RunAsync("why-in-image", "libc"));
    }

    [Theory]
    [InlineData("compare b/small b/none", "neither a folder of artifacts nor")]
    [InlineData("compare b/small recipes", "it has no `manifest.json`")]
    [InlineData("size --image nothing", "No image is named `nothing`")]
    [InlineData("report --image bare", "was not built yet")]
    public async Task What_is_no_image_is_told_with_the_remedy(string words, string told)
    {
        _cli.Write("images/bare.yaml", "image: bare\n");
        var (code, errors, _) = await _cli.RunAsync([.. words.Split(' ').Select(word => word == "recipes" ? Path.Combine(_cli.Root, word) : word)]);
        Assert.Equal(3, code);
        Assert.Contains(told, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("manifest.json", "{")]
    [InlineData("manifest.json", "null")]
    [InlineData("files.json", "{\"format\":2,\"files\":[]}")]
    [InlineData("files.json", "[]")]
    [InlineData("check/junit.xml", "<testsuites>")]
    public async Task Damaged_files_are_named(string file, string content)
    {
        _cli.Write($"out/b/small/{file}", content);
        var (code, errors, _) = await _cli.RunAsync("report");
        Assert.Equal(3, code);
        Assert.StartsWith($"error: `ROOT/out/b/small/{file}` cannot be read: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_report_is_a_page_that_fetches_nothing()
    {
        _cli.Write("out/b/small/hardening.txt", "<all> is well & good\n");
        _cli.Write("out/b/small/check/console.log", "[    0.000000] Booting Linux\n[    0.500000] slow <driver>\n[    1.250000] Run /sbin/init as init process\nlogin:\n[    0.000000] Booting Linux\n");
        _cli.Write("out/b/small/build-trace.json", """{"traceEvents":[{"ph":"M","name":"thread_name"},{"ph":"X","name":"tool:build","ts":0,"dur":2500000,"args":{"description":"Build tool","reason":"never built"}}]}""");
        Assert.Equal((0, "", "The report is in `ROOT/out/b/small/report.html`\n"), await _cli.RunAsync("report"));

        var text = File.ReadAllText(Path.Combine(_cli.Root, "out/b/small/report.html"));
        var page = XDocument.Parse(text["<!DOCTYPE html>".Length..].Replace("<meta charset=\"utf-8\" />", "", StringComparison.Ordinal));
        Assert.Equal(["Sizes", "Packages", "Networks", "Checks", "Boot", "Build", "Kernel configuration", "Hardening", "Artifacts"], page.Descendants("h2").Select(h => h.Value));
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.DoesNotContain(page.Descendants().Attributes(), a => a.Name.LocalName is "src" || (a.Name.LocalName == "href" && !a.Value.StartsWith('#')));
        Assert.Contains("&lt;all&gt; is well &amp; good", text, StringComparison.Ordinal);
        Assert.Contains("board.config (1)", text, StringComparison.Ordinal);
        Assert.Contains("top-1 on letters", text, StringComparison.Ordinal);
        Assert.Contains("2.5 s", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_boot_is_its_kernel_and_its_programs_and_silences_are_named_by_what_came_before()
    {
        const string log = "junk\n[    0.000000] Booting Linux\r\n[    0.500000] slow driver\r\n[    1.250000] Run /sbin/init as init process\r\n[    0.000000] Booting Linux\r\n[    9.000000] later\n";
        Assert.Equal([("kernel", 0, 1.25), ("programs, with firmware and boot loader", 1.25, 1.75)], BootLog.Phases(log, 3).Select(p => (p.Name, p.Start, p.Seconds)));
        Assert.Equal([("Booting Linux", 0.0, 0.5)], BootLog.Silences(log, 5).Select(p => (p.Name, p.Start, p.Seconds)));
        Assert.Empty(BootLog.Phases("nothing", 3));
    }

    [Fact]
    public void Areas_have_the_proportions_of_sizes_and_fill_the_whole()
    {
        var placed = TreeMap.Layout([.. new long[] { 6, 6, 4, 3, 2, 2, 1, 0 }.Select((size, i) => new TreeMapItem($"{i}", size, []))], new Area(0, 0, 6, 4));
        Assert.Equal(7, placed.Length);
        foreach (var (item, area) in placed)
        {
            Assert.Equal(item.Size, area.Width * area.Height, 6);
            Assert.True(area.X >= 0 && area.Y >= 0 && area.X + area.Width <= 6.000001 && area.Y + area.Height <= 4.000001);
        }

        // As the paper has it: the first two lie one above the other.
        Assert.Equal((new Area(0, 0, 3, 2), new Area(0, 2, 3, 2)), (placed[0].Area, placed[1].Area));
    }

    [Fact]
    public async Task Logs_are_printed_by_the_names_of_their_actions()
    {
        Assert.Equal((3, "error: Nothing was built in this workspace yet, so there are no logs\n  `./build.sh build NAME` builds a recipe\n", ""), await _cli.RunAsync("log", "tool"));
        _cli.Write(".imagecraft/logs/tool@arm64.cortex=build.log", "cc tool.c\n");
        _cli.Write(".imagecraft/logs/tool@arm64.cortex=split.log", "split\n");
        _cli.Write(".imagecraft/logs/no log.txt", "");
        Assert.Equal((0, "", "cc tool.c\n"), await _cli.RunAsync("log", "tool:build"));
        Assert.Equal((0, "", "ROOT/.imagecraft/logs/tool@arm64.cortex=build.log\n"), await _cli.RunAsync("log", "tool:build", "--path"));
        var (_, _, both) = await _cli.RunAsync("log", "tool");
        Assert.Contains("==> tool@arm64.cortex:build <==\ncc tool.c\n", both, StringComparison.Ordinal);
        Assert.EndsWith("  tool@arm64.cortex:split\n", (await _cli.RunAsync("log")).Output, StringComparison.Ordinal);
        Assert.Equal(3, (await _cli.RunAsync("log", "tol")).ExitCode);
    }

    [Fact]
    public async Task Packages_are_a_graph_that_Graphviz_reads()
    {
        Assert.Equal((0, "", "digraph imagecraft {\n  rankdir=LR; node [shape=box];\n  \"libc\";\n  \"tool\";\n  \"tool\" -> \"libc\";\n}\n"), await _cli.RunAsync("graph"));
        Assert.Equal((0, "", "digraph imagecraft {\n  rankdir=LR; node [shape=box];\n  \"libc\";\n}\n"), await _cli.RunAsync("graph", "libc"));
        Assert.Equal(3, (await _cli.RunAsync("graph", "nothing")).ExitCode);
        Assert.Contains("  \"a \\\"b\\\"\";", GraphVerb.Dot(new Dictionary<string, IEnumerable<string>> { ["a \"b\""] = [] }, ["a \"b\""]));
    }

    [Fact]
    public async Task The_last_board_and_image_are_meant_where_a_board_would_be_asked_for()
    {
        const string note = "note: board `b` with image `small`, as last time; `--board` names another\n";
        _cli.Write("boards/second.yaml", "board: c\narchitecture: riscv64\nkernel: linux\ncommand-line: x\nconsole: ttyS0\ndefault-image: small\n");
        Assert.Equal((3, "error: A board is needed\n  Add `--board`, one of [b, c]\n", ""), await _cli.RunAsync("size", "tool"));
        _cli.Write(".imagecraft/last-board", "b\nsmall\n");
        Assert.Equal((0, note), (await _cli.RunAsync("size", "tool")) is var (code, errors, _) ? (code, errors) : default);
        _cli.Write(".imagecraft/last-board", "b\ngone\n");
        Assert.Equal((0, note), (await _cli.RunAsync("size", "tool")) is var (again, told, _) ? (again, told) : default);
        Assert.Contains("was not built yet", (await _cli.RunAsync("size", "--board", "c")).Errors, StringComparison.Ordinal);
        foreach (var odd in new[] { "gone\n\n", "", "b" })
        {
            _cli.Write(".imagecraft/last-board", odd);
            Assert.Equal(3, (await _cli.RunAsync("size", "tool")).ExitCode);
        }
    }

    public void Dispose() => _cli.Dispose();

    private void WriteImage(string folder, string version, int size, string license = "MIT", string symbol = "y", string boot = "3.000", bool outcome = true, string latency = "1.5")
    {
        var builder = new RootFsBuilder();
        builder.Add("tool", RootFsEntry.File("/usr/bin/tool", FileContent.Of(new byte[size])) with { Mode = 0x1ed });
        builder.Add("tool", RootFsEntry.Symlink("/usr/bin/t", "tool"));
        builder.Add("libc", RootFsEntry.File("/usr/lib/libc.so", FileContent.Of(new byte[10])));
        _cli.Write($"{folder}/files.json", FileListJson.Write(builder.Build()));
        _cli.Write($"{folder}/manifest.json", ManifestJson.Write(new()
        {
            Image = "small",
            Board = "b",
            Architecture = "riscv64",
            Packages =
            [
                new("tool", version, license, "tool", [new("https://example.org/tool.tar.gz", "0123456789")]) { Reason = "the image small names it", Requires = ["libc"] },
                new("libc", "2", "LGPL-2.1-or-later", "libc", []) { Reason = "tool requires it", RequiredBy = "tool" },
            ],
            Models = [new("net", "1", "MIT", "", new("file:net.onnx", ""), "abcdef0123") { Path = "/usr/share/models/net", Variant = "int8", Format = "onnx", Size = 100, Accuracy = new("top-1", "letters", 10, 0.9, 0.89) }],
            Artifacts = [new("rootfs.tar", 4096, "00")],
        }));
        _cli.Write($"{folder}/kernel.config", $"#\n# Automatically generated\n#\nCONFIG_A={symbol}\n# CONFIG_B is not set\n{(symbol == "m" ? "CONFIG_ONLY=y\n" : "")}");
        _cli.Write($"{folder}/kernel.requested", "CONFIG_A\ty\tboards/board.config\n");
        _cli.Write($"{folder}/check/junit.xml", $"<testsuites><testsuite><properties><property name=\"boot-time\" value=\"{boot}\"/><property name=\"free-memory\" value=\"1048576\"/></properties><testcase classname=\"s.tool\" name=\"runs\" time=\"0.5\">{(outcome ? "" : "<failure message=\"Wrong\"/>")}</testcase><testcase classname=\"s.net\" name=\"bench\" time=\"1\"><system-out>{{\"p50_ms\":{latency}}}</system-out></testcase></testsuite></testsuites>");
    }
}
