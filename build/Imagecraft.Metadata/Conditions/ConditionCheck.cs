// Judges conditions and versions while they are read: words, names, and where they have a place. Unaware of whether they hold.

using System.Collections.Immutable;
using Imagecraft.Metadata.Checks;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Forms.Kinds;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Conditions;

/// <summary>Conditions of documents.</summary>
/// <param name="names">Which names exist.</param>
/// <param name="reading">Takes the problems.</param>
sealed class ConditionCheck(WorkspaceNames names, Reading reading)
{
    // What the others are made for is one lock for all boards.
    static readonly ImmutableArray<string> Kinds = [KindNames.Recipe, KindNames.Board, KindNames.Accelerator, KindNames.Image, KindNames.Feature, KindNames.Model];

    // What decides on other conditions cannot have some itself.
    static readonly ImmutableArray<(string Kind, string Key)> Deciding = [(KindNames.Board, "architecture"), (KindNames.Board, "default-image"), (KindNames.Recipe, "options")];

    /// <summary>Reports what is wrong with the conditions of a document.</summary>
    public void Check(LayerDocument document)
    {
        reading.Owner = document.Id;
        foreach (var (key, value) in document.Root.Entries)
        {
            if (key.Text == ConditionWords.When)
            {
                reading.Error(Codes.Contradiction, $"A whole {document.Id.Kind} has no condition, nor has an append", key.Span, "Give conditions to what is in it");
                continue;
            }

            foreach (var map in ConditionalTree.Conditional(value))
            {
                OnlyItsKeys(map);
                Check(document, key.Text, (YamlMap)map[ConditionWords.When]!);
            }
        }
    }

    // What has a value stands for that, so nothing else can be meant by it.
    void OnlyItsKeys(YamlMap map)
    {
        string[] known = [ConditionWords.Value, ConditionWords.When, ConditionWords.Otherwise];
        if (map[ConditionWords.Otherwise] is not null && map[ConditionWords.Value] is null)
            reading.Error(Codes.MissingKey, "There is an `otherwise`, but no `value`", map.Span, "Write `{ value: A, when: { ... }, otherwise: B }`");
        if (map[ConditionWords.Value] is null)
            return;
        foreach (var (key, _) in map.Entries)
            if (!known.Contains(key.Text))
                reading.Error(Codes.UnknownKey, $"Unknown key `{key.Text}` beside `value` and `when`", key.Span, Nearest.Hint(key.Text, known, "key"));
    }

    void Check(LayerDocument document, string key, YamlMap when)
    {
        if (!Kinds.Contains(document.Id.Kind))
            reading.Error(Codes.Contradiction, $"Conditions have no place in {new DocumentId(document.Id.Kind, document.Id.Name)}, which is one for all boards and images", when.Span, "Remove `when`");
        else if (Deciding.Contains((document.Id.Kind, key)))
            reading.Error(Codes.Contradiction, $"`{key}` cannot have a condition, because conditions depend on it", when.Span, "Remove `when`");
        else if (document.Root["build"] is YamlMap build && key == "build" && build["system"] is YamlScalar { Text: "prebuilt" })
            reading.Error(Codes.Contradiction, "What is taken from a feed is locked for all boards and images, so it has no conditions", when.Span, "Name the `architectures` that have it, or make two recipes");
        else if (ConditionForm.Form.TryRead(when, "`when`", reading, out var condition))
            Check(document, key, when, condition);
    }

    void Check(LayerDocument document, string key, YamlMap when, Condition condition)
    {
        if (when.Entries.IsEmpty)
            reading.Error(Codes.WrongFormat, "`when` says nothing", when.Span, "Write for example `when: { architecture: arm64 }`");
        Known(KindNames.Architecture, condition.Architectures, "architecture");
        Known(KindNames.Board, condition.Boards, "board");
        Known(KindNames.Image, condition.Images, "image");
        Known(KindNames.Feature, condition.Features, "feature");
        if (!condition.Features.IsEmpty && key is "features" or "requires" && document.Id.Kind is KindNames.Image or KindNames.Feature)
            reading.Error(Codes.Contradiction, $"Which features there are cannot depend on features in `{key}`", condition.Features[0].Span, "Let it depend on the board or its architecture, or make a feature that `requires` the others");
        if (document.Id.Kind != KindNames.Recipe && (condition.Options.FirstOrDefault()?.Span ?? condition.Host?.Span) is { } place)
            reading.Error(Codes.Contradiction, "Options and the build host are conditions of recipes alone", place, $"A {document.Id.Kind} may depend on `architecture`, `board`, `image` and `image-feature`");
        else
            foreach (var option in condition.Options)
                if ((document.Root["options"] as YamlMap)?[Positive(option)] is null)
                    reading.Error(Codes.UnknownName, $"Recipe `{document.Id.Name}` has no option `{Positive(option)}`", option.Span, Nearest.Hint(Positive(option), (document.Root["options"] as YamlMap)?.Entries.Select(entry => entry.Key.Text) ?? [], "option"));
    }

    void Known(string kind, ImmutableArray<Sited<string>> words, string noun)
    {
        foreach (var word in words)
            if (!names.Of(kind).Contains(Positive(word)) && names.Suspect(Positive(word)) is null)
                reading.Error(Codes.UnknownName, $"Unknown {noun} `{Positive(word)}` in a condition", word.Span, Nearest.Hint(Positive(word), names.Of(kind), noun));
    }

    static string Positive(Sited<string> word) => word.Value.TrimStart(Condition.Not);
}
