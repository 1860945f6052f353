// The forms of conditions and of what is chosen. Unaware of the documents they stand in.

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>when:</c> of any map.</summary>
static class ConditionForm
{
    /// <summary>The keys with the kind of document that their words are names of.</summary>
    public const string Architecture = KindNames.Architecture, Board = KindNames.Board, Image = KindNames.Image, Feature = "image-feature", Option = "option", Host = "host";

    public static Form<Condition> Form { get; } = new("`when`", keys => new Condition
    {
        Architectures = keys.Optional(Architecture, Words.Shape, [], "architectures of the board or the build host; `!` before one excludes it"),
        Boards = keys.Optional(Board, Words.Shape, [], "boards"),
        Images = keys.Optional(Image, Words.Shape, [], "images"),
        Features = keys.Optional(Feature, Words.Shape, [], "features of the image"),
        Options = keys.Optional(Option, Words.Shape, [], "options of the recipe"),
        Host = keys.Maybe(Host, ScalarShapes.Truth, "whether it is built for the build host"),
    });

    /// <summary>A word, or a list of words.</summary>
    sealed class Words : Shape<ImmutableArray<Sited<string>>>
    {
        static readonly Shape<Sited<string>> Word = new Scalar<string>(
            "a name, or `!` and a name", text => (text, ScalarShapes.IsName(text.StartsWith(Condition.Not) ? text[1..] : text)),
            () => new JsonObject { ["type"] = new JsonArray("string", "number"), ["pattern"] = "^!?[a-z0-9][a-z0-9+._-]*$" });

        static readonly ListOf<Sited<string>> Many = new(Word);

        public static Words Shape { get; } = new();

        public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out ImmutableArray<Sited<string>> value)
        {
            if (node is YamlList)
                return Many.TryRead(node, what, reading, out value);
            var good = Word.TryRead(node, what, reading, out var word);
            value = good ? [word!] : [];
            return good;
        }

        public override JsonObject Schema() => new() { ["oneOf"] = new JsonArray(Word.Schema(), Many.Schema()) };
    }
}

/// <summary><c>options:</c> of recipes.</summary>
static class RecipeOptionForm
{
    public static Form<RecipeOption> Form { get; } = new("an option of a recipe", keys => new RecipeOption(
        keys.Required("summary", ScalarShapes.Words, "what it brings"),
        keys.Optional("default", ScalarShapes.Flag, false, "whether it is on when nobody says otherwise")));
}

/// <summary>The keys of images, features, boards and layers that choose.</summary>
static class ChoicesForm
{
    static readonly MapOf<Sited<bool>> Switches = new(ScalarShapes.Truth, ScalarShapes.Name);

    public static Choices Of(Keys keys) => new()
    {
        Options = keys.Map("options", Switches, "options of recipes: `RECIPE: { OPTION: true }`", ScalarShapes.Name),
        Versions = keys.Map("versions", ScalarShapes.Text, "versions of recipes that have several: `RECIPE: VERSION`", ScalarShapes.Name),
        Providers = keys.Map("providers", ScalarShapes.Name, "which recipe or package a provided name is: `NAME: PROVIDER`", ScalarShapes.Name),
    };
}
