// A model recipe with some keys of its `quantize` changed, as the command line writes it. Unaware of who wants it.

using System.Collections.Immutable;
using Imagecraft.Metadata.Checks;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Forms.Kinds;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata;

/// <summary>What a setting gave.</summary>
/// <param name="Model">The changed recipe; null when there are problems.</param>
/// <param name="Diagnostics">All problems; their places are in the setting's text or in the recipe's file.</param>
public sealed record SettingReading(ModelRecipe? Model, ImmutableArray<Diagnostic> Diagnostics);

/// <summary>
/// Settings such as <c>quantize.calibration.method=entropy,quantize.exclude=[Softmax]</c>: keys below <c>quantize</c> with YAML values, separated by commas; <c>KEY=</c> leaves a key out.
/// The result is read by the recipe's own form, so what is wrong is told as in a recipe.
/// </summary>
public static class ModelSettings
{
    const string Root = "quantize";

    /// <summary>Whether a text is a setting rather than the name of a variant.</summary>
    public static bool IsSetting(string text) => text.Contains('=', StringComparison.Ordinal);

    /// <summary>Applies a setting.</summary>
    /// <param name="reading">The workspace.</param>
    /// <param name="model">A model of it that could be read.</param>
    /// <param name="setting">The text.</param>
    /// <param name="file">What places in the text name as their file.</param>
    public static SettingReading Apply(WorkspaceReading reading, string model, string setting, string file)
    {
        var problems = new Reading(_ => true);
        var documents = reading.Documents;
        var root = documents[new DocumentId(KindNames.Model, model)].Root;
        foreach (var (start, length) in Parts(setting))
            root = Part(root, setting, start, length, file, problems) ?? root;
        ModelRecipe? changed = null;
        if (problems.Problems.Count == 0 && ModelForm.Form.TryRead(root, $"`{KindNames.Model}`", problems, out changed))
            new CrossCheck(reading.Workspace, reading.Names, new References(), problems).Check(changed);
        return new(problems.Problems.Count == 0 ? changed : null, [.. problems.Sorted().Select(problem => problem.Diagnostic)]);
    }

    /// <summary>The parts between commas that stand in no bracket.</summary>
    static IEnumerable<(int Start, int Length)> Parts(string setting)
    {
        var (start, depth) = (0, 0);
        for (var at = 0; at < setting.Length; at++)
        {
            depth += setting[at] switch { '[' or '{' => 1, ']' or '}' => -1, _ => 0 };
            if (setting[at] != ',' || depth > 0)
                continue;
            yield return (start, at - start);
            start = at + 1;
        }
        yield return (start, setting.Length - start);
    }

    static YamlMap? Part(YamlMap root, string setting, int start, int length, string file, Reading problems)
    {
        var part = setting.Substring(start, length);
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        var keys = (equals < 0 ? part : part[..equals]).Split('.');
        var whole = new SourceSpan(file, 1, start + 1, length);
        if (equals < 0 || keys.Length < 2 || keys[0] != Root || keys.Contains(""))
        {
            problems.Error(Codes.WrongFormat, $"`{part}` changes no key of `{Root}`", whole, $"Write `{Root}.KEY=VALUE`, e.g. `{Root}.calibration.method=entropy`; several are separated by commas");
            return null;
        }

        var value = part[(equals + 1)..];
        if (value.Length == 0)
            return (YamlMap?)Set(root, keys, 0, null, whole);
        // Blanks keep the value's column; the key before it is longer than what stands in front of it here.
        const string front = "{v: ";
        var text = YamlText.Parse(file, new string(' ', start + equals + 1 - front.Length) + front + value + "}");
        problems.Add(text.Diagnostics);
        return text.IsWhole && text.Root?["v"] is { } node ? (YamlMap?)Set(root, keys, 0, node, whole) : null;
    }

    /// <summary>The node with the value below the keys from <paramref name="depth"/> on; maps that are missing are made.</summary>
    static YamlNode? Set(YamlNode? node, string[] keys, int depth, YamlNode? value, SourceSpan part)
    {
        if (depth == keys.Length)
            return value;
        var column = part.Column + keys.Take(depth).Sum(key => key.Length + 1);
        var span = new SourceSpan(part.File, 1, column, keys[depth].Length);
        var map = node as YamlMap ?? new YamlMap([], span);
        var below = Set(map[keys[depth]], keys, depth + 1, value, part);
        var at = map.Entries.ToList().FindIndex(entry => entry.Key.Text == keys[depth]);
        var entries = at < 0 ? map.Entries : map.Entries.RemoveAt(at);
        return map with { Entries = below is null ? entries : entries.Insert(at < 0 ? entries.Length : at, new YamlEntry(new YamlScalar(keys[depth], true, span), below)) };
    }
}
