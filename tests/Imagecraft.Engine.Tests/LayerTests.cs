// Which part of the engine may know which: no two know each other.

using System.Text.RegularExpressions;

namespace Imagecraft.Engine.Tests;

public sealed partial class LayerTests
{
    // From the bottom: each part may use those above it in this list and no other.
    static readonly string[] _layers = ["Content", "Files", "Store", "Remote", "Actions", "Graph", "Events", "Sandbox", "Execution"];

    static readonly (string From, string To)[] _strangers = [("Sandbox", "Store"), ("Sandbox", "Actions"), ("Sandbox", "Graph"), ("Sandbox", "Events"), ("Store", "Sandbox"), ("Graph", "Store")];

    [Fact]
    public void Parts_of_the_engine_do_not_go_round_in_circles()
    {
        var engine = Path.Combine(Root(), "build", "Imagecraft.Engine");
        var wrong = new List<string>();
        foreach (var file in _layers.SelectMany(layer => Directory.EnumerateFiles(Path.Combine(engine, layer), "*.cs", SearchOption.AllDirectories)))
        {
            var own = Path.GetRelativePath(engine, file).Split('/')[0];
            var text = File.ReadAllText(file);
            foreach (var used in Names().Matches(text).Select(m => m.Groups[1].Value).Distinct().Where(_layers.Contains))
            {
                if (Array.IndexOf(_layers, used) > Array.IndexOf(_layers, own) || _strangers.Contains((own, used)))
                    wrong.Add($"{Path.GetRelativePath(engine, file)} uses {used}");
            }
        }

        Assert.Empty(wrong);
        Assert.Equal(_layers.Order(), Directory.EnumerateDirectories(engine).Select(Path.GetFileName).Where(name => name is not ("Protos" or "bin" or "obj")).Order());
    }

    static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Imagecraft.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }

    [GeneratedRegex(@"Imagecraft\.Engine\.(\w+)")]
    private static partial Regex Names();
}
