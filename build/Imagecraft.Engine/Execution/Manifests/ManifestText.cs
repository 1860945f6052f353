// Writes a manifest as one line a fact, and names the facts in which two such texts differ. Unaware of keys.

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Execution.Manifests;

/// <summary>A fact of a manifest: name and value are compared between builds, the note (an edge's reason) is not.</summary>
/// <param name="Name">Unique within a text, e.g. <c>environment CC</c>.</param>
/// <param name="Value">What it is.</param>
/// <param name="Note">The reason of the edge; empty for other facts.</param>
/// <param name="Producer">The action whose output an input is; empty otherwise.</param>
public sealed record ManifestFact(string Name, string Value, string Note = "", string Producer = "");

/// <summary>The line-per-fact form of manifests. It says everything that the key says, so equal texts have equal keys.</summary>
public static class ManifestText
{
    // Kept for the next one: a call with nothing to do writes thousands.
    [ThreadStatic]
    static StringBuilder? writer;

    /// <summary>Writes the facts, one a line, fields separated by tabs.</summary>
    public static string Write(ActionManifest manifest)
    {
        var text = (writer ??= new StringBuilder(1024)).Clear();
        foreach (var fact in Facts(manifest))
        {
            Escaped(text, fact.Name).Append('\t');
            Escaped(text, fact.Value).Append('\t');
            Escaped(text, fact.Note).Append('\t');
            Escaped(text, fact.Producer).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; lines of another shape are left out.</summary>
    public static ImmutableArray<ManifestFact> Read(string text) =>
        [.. text.Split('\n').Select(line => line.Split('\t')).Where(f => f.Length == 4).Select(f => new ManifestFact(Unescaped(f[0]), Unescaped(f[1]), Unescaped(f[2]), Unescaped(f[3])))];

    /// <summary>The facts of a manifest in their order of importance to a reader: content first.</summary>
    public static IEnumerable<ManifestFact> Facts(ActionManifest manifest)
    {
        var seen = new Dictionary<string, int>();
        foreach (var input in manifest.Inputs)
        {
            var name = $"input {input.MountPath} from {input.Origin}";
            var count = seen[name] = seen.GetValueOrDefault(name) + 1;
            var kind = input.Value.Kind == OutputKind.Tree ? "tree" : input.Value.Executable ? "program" : "file";
            yield return new ManifestFact(count == 1 ? name : $"{name} ({count})", $"{kind} {input.Value.Digest}", input.Reason, input.Producer?.Value ?? "");
        }

        yield return new ManifestFact("work", manifest.Work);
        for (var i = 0; i < manifest.Arguments.Length; i++)
            yield return new ManifestFact($"argument {i}", manifest.Arguments[i]);
        var variable = manifest.WorkingDirectory.Length > 0 ? "environment" : "parameter";
        foreach (var (name, value) in manifest.Environment)
            yield return new ManifestFact($"{variable} {name}", value);
        yield return new ManifestFact("working folder", manifest.WorkingDirectory);
        if (manifest.TimeLimit is { } limit)
            yield return new ManifestFact("time-limit", string.Create(CultureInfo.InvariantCulture, $"{limit.TotalSeconds} s"));
        foreach (var (name, value) in manifest.Platform)
            yield return new ManifestFact($"platform {name}", value);
        foreach (var output in manifest.Outputs)
            yield return new ManifestFact($"output {output.Name}", $"{(output.Kind == OutputKind.Tree ? "tree" : "file")} {output.Path}");
        foreach (var (name, value) in manifest.Properties)
            yield return new ManifestFact($"property {name}", value);
    }

    /// <summary>The first difference between two texts, or null when they say the same apart from notes.</summary>
    public static ManifestDifference? FirstDifference(IReadOnlyList<ManifestFact> before, IReadOnlyList<ManifestFact> after)
    {
        var old = before.ToDictionary(f => f.Name);
        foreach (var fact in after)
        {
            if (!old.Remove(fact.Name, out var was))
                return new ManifestDifference(null, fact);
            if (was.Value != fact.Value)
                return new ManifestDifference(was, fact);
        }

        if (old.Count > 0)
            return new ManifestDifference(before.First(f => old.ContainsKey(f.Name)), null);
        for (var i = 0; i < after.Count; i++)
        {
            if (before[i].Name != after[i].Name)
                return new ManifestDifference(before[i], after[i]);
        }

        return null;
    }

    static StringBuilder Escaped(StringBuilder text, string value) => value.AsSpan().IndexOfAny("\\\t\n\r") < 0
        ? text.Append(value)
        : text.Append(value.Replace("\\", "\\\\").Replace("\t", "\\t").Replace("\n", "\\n").Replace("\r", "\\r"));

    static string Unescaped(string value)
    {
        if (!value.Contains('\\'))
            return value;
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '\\' || i + 1 == value.Length)
                text.Append(value[i]);
            else
                text.Append(value[++i] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', var other => other });
        }

        return text.ToString();
    }
}

/// <summary>A fact that differs: new when <paramref name="Before"/> is null, gone when <paramref name="After"/> is null, moved when both have different names.</summary>
public sealed record ManifestDifference(ManifestFact? Before, ManifestFact? After)
{
    /// <summary>The difference in words, with the edge's reason.</summary>
    public string Words => (Before, After) switch
    {
        (null, { } after) => $"{Name(after)} is new{Because(after)}",
        ({ } before, null) => $"{Name(before)} is gone{Because(before)}",
        ({ } before, { } after) when before.Name != after.Name => $"order changed: {Name(after)} is where {Name(before)} was",
        ({ } before, { } after) when after.Name.StartsWith("input ", StringComparison.Ordinal) => $"{Name(after)} changed{Because(after)}",
        ({ } before, { } after) => $"{Name(after)} changed from `{Short(before.Value)}` to `{Short(after.Value)}`",
        _ => "nothing changed",
    };

    static string Name(ManifestFact fact) => fact.Name.StartsWith("input ", StringComparison.Ordinal) ? fact.Name : fact.Name.Split(' ', 2) switch
    {
        [var kind, var name] => $"{kind} `{name}`",
        _ => fact.Name,
    };

    static string Because(ManifestFact fact) => fact.Note.Length > 0 ? $" ({fact.Note})" : "";

    // Never within a character of two words: half of one is no text.
    static string Short(string value) => value.Length <= 120 ? value : value[..(char.IsHighSurrogate(value[119]) ? 119 : 120)] + "...";
}
