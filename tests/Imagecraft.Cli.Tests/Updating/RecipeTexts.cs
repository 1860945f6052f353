// Recipes as the reader gives them, from a text.

using Imagecraft.Metadata;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Tests.Updating;

internal static class RecipeTexts
{
    public const string File = "recipes/tool.yaml";

    /// <summary>A recipe `tool` of version 1.2, with further keys.</summary>
    public static string Of(string more, string version = "1.2") => $"recipe: tool\nversion: \"{version}\"\nlicense: MIT\n{more}\nbuild: {{ system: script, steps: \"true\" }}\n";

    public static Recipe Read(string text)
    {
        var reading = WorkspaceReader.Read([new LayerText("", [new SourceText(File, text)])], _ => true, null, _ => null);
        Assert.Empty(reading.Diagnostics);
        return reading.Workspace.Recipes["tool"];
    }
}
