// Every recipe of the catalog, built for every architecture, booted and checked; the table in `docs/catalog.md` is what came of it.

using System.Text.Json;
using System.Xml.Linq;

namespace Imagecraft.EndToEnd.Tests;

public sealed class CatalogTests : IDisposable
{
    private const string Image = "catalog";

    // What no image holds: headers alone, or for tests.
    private static readonly string[] Headers = ["boost", "eigen", "googletest", "nlohmann-json", "rapidjson", "vulkan-headers"];

    private static readonly string[] Boards = ["qemu-arm64", "qemu-armv7", "qemu-riscv64", "qemu-x86_64"];

    private readonly RepositoryWorkspace _workspace = new();

    private static string Page => Path.Combine(RepositoryWorkspace.Repository, "docs", "catalog.md");

    [Theory]
    [InlineData("qemu-arm64")]
    [InlineData("qemu-armv7")]
    [InlineData("qemu-riscv64")]
    [InlineData("qemu-x86_64")]
    [Trait("Matrix", "wide")]
    public async Task All_of_it_is_built_and_checked(string board)
    {
        var limit = TimeSpan.FromHours(5);
        var image = await _workspace.RunAsync(limit, "image", "--board", board, "--image", Image, "--locked", "--keep-going");
        Assert.True(image.ExitCode == 0, image.StandardOutput + image.StandardError);
        var headers = await _workspace.RunAsync(limit, ["build", .. Headers, "--board", board, "--image", Image, "--locked", "--keep-going"]);
        Assert.True(headers.ExitCode == 0, headers.StandardOutput + headers.StandardError);
        var check = await _workspace.RunAsync(limit, "check", "--board", board, "--image", Image, "--locked");
        Assert.True(check.ExitCode == 0, check.StandardOutput + check.StandardError);

        var column = Array.IndexOf(Boards, board);
        var states = States(Path.Combine(_workspace.Root, "out", board, Image));
        if (Environment.GetEnvironmentVariable("IMAGECRAFT_ACCEPT") == "1")
            await File.WriteAllTextAsync(Page, WithColumn(await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken), column, states), TestContext.Current.CancellationToken);
        var told = Rows(await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken)).ToDictionary(row => row.Key, row => row.Value.States[column], StringComparer.Ordinal);
        Assert.Equal(states.Select(state => $"{state.Key} {state.Value.State}"), states.Keys.Select(recipe => $"{recipe} {told.GetValueOrDefault(recipe)}"));
    }

    // Recipes from source, each with its version and what was seen of it.
    private static SortedDictionary<string, (string Version, string State)> States(string folder)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json")));
        var passed = XDocument.Load(Path.Combine(folder, "check", "junit.xml")).Descendants("testcase").Where(test => !test.Elements("skipped").Any()).Select(test => test.Attribute("classname")!.Value.Split('.')[^1]).ToHashSet(StringComparer.Ordinal);
        var states = new SortedDictionary<string, (string Version, string State)>(StringComparer.Ordinal);
        foreach (var package in manifest.RootElement.GetProperty("packages").EnumerateArray())
        {
            // Packages of the feed, and texts of this repository, are not built.
            var places = package.GetProperty("sources").EnumerateArray().Select(source => source.GetProperty("url").GetString()!).ToList();
            if (places.Count == 0 || places.Exists(place => place.StartsWith("debian:", StringComparison.Ordinal) && place.Contains('=', StringComparison.Ordinal)) || places.TrueForAll(place => place.StartsWith("file:", StringComparison.Ordinal)))
                continue;
            var recipe = package.GetProperty("recipe").GetString()!;
            states[recipe] = (package.GetProperty("version").GetString()!, passed.Contains(recipe) ? "checked" : "in the image");
        }

        foreach (var recipe in Headers)
            states[recipe] = (VersionOf(recipe), "built");
        return states;
    }

    private static string VersionOf(string recipe) => File.ReadLines(Path.Combine(RepositoryWorkspace.Repository, "recipes", recipe, $"{recipe}.yaml"))
        .First(line => line.StartsWith("version:", StringComparison.Ordinal))["version:".Length..].Trim().Trim('"');

    private static Dictionary<string, (string Version, string[] States)> Rows(string page) => page.Split('\n').Where(IsRow).Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(cells => cells[0].Trim('`'), cells => (cells[1], Boards.Select((_, i) => cells.ElementAtOrDefault(i + 2) ?? "").ToArray()), StringComparer.Ordinal);

    private static bool IsRow(string line) => line.StartsWith("| `", StringComparison.Ordinal) && line.Count(c => c == '|') == Boards.Length + 3;

    private static string WithColumn(string page, int column, SortedDictionary<string, (string Version, string State)> states)
    {
        var rows = new SortedDictionary<string, (string Version, string[] States)>(Rows(page), StringComparer.Ordinal);
        foreach (var (recipe, (version, state)) in states)
        {
            var row = rows.GetValueOrDefault(recipe, (version, [.. Boards.Select(_ => "")]));
            row.States[column] = state;
            rows[recipe] = (version, row.States);
        }

        var lines = page.Split('\n').ToList();
        var first = lines.FindIndex(IsRow);
        lines.RemoveAll(IsRow);
        lines.InsertRange(first, rows.Select(row => $"| `{row.Key}` | {row.Value.Version} | {string.Join(" | ", row.Value.States)} |"));
        return string.Join('\n', lines);
    }

    public void Dispose() => _workspace.Dispose();
}
