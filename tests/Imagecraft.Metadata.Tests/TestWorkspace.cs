// A workspace as texts, for tests of the reader. Unaware of disks.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

/// <summary>Collects files and reads them; layers are made from paths below <c>layers/NAME/</c>.</summary>
sealed class TestWorkspace
{
    readonly SortedDictionary<string, string> files = new(StringComparer.Ordinal);

    public TestWorkspace Add(string path, string text)
    {
        files[path] = text;
        return this;
    }

    /// <summary>Replaces text that must be in a file.</summary>
    public TestWorkspace Replace(string path, string old, string replacement)
    {
        Assert.Contains(old, files[path]);
        return Add(path, files[path].Replace(old, replacement));
    }

    /// <summary>A recipe that has all it needs, with further lines at its end.</summary>
    public TestWorkspace Recipe(string name, string more = "", string build = "") =>
        Add($"recipes/{name}/{name}.yaml", $"recipe: {name}\nversion: 1.0\nlicense: MIT\nbuild: {{ system: script, steps: make{(build.Length == 0 ? "" : ", ")}{build} }}\n{more}");

    public WorkspaceReading Read(string? version = null)
    {
        var layers = files.Where(file => file.Key.EndsWith(".yaml", StringComparison.Ordinal) || file.Key.EndsWith(".yml", StringComparison.Ordinal))
            .GroupBy(file => file.Key.StartsWith("layers/", StringComparison.Ordinal) ? string.Join('/', file.Key.Split('/')[..2]) : "")
            .Select(layer => new LayerText(layer.Key, [.. layer.Select(file => new SourceText(file.Key, file.Value))]))
            .ToArray();
        return WorkspaceReader.Read(layers, files.ContainsKey, version, files.GetValueOrDefault);
    }

    /// <summary>Reads what must be without problems.</summary>
    public Workspace Good()
    {
        var reading = Read();
        Assert.Equal("", Text(reading.Diagnostics));
        return reading.Workspace;
    }

    /// <summary>Reads what must have problems; gives them as people see them.</summary>
    public string Bad()
    {
        var reading = Read();
        Assert.NotEmpty(reading.Diagnostics);
        return Text(reading.Diagnostics);
    }

    string Text(ImmutableArray<Diagnostic> diagnostics) =>
        string.Join("\n\n", diagnostics.Select(diagnostic => DiagnosticText.Render(diagnostic, files.GetValueOrDefault)));
}
