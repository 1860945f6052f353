// Which graph passes a model recipe wants. Unaware of what they do.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>passes:</c> of models.</summary>
static class PassesForm
{
    /// <summary>Names of the graph passes. The tests of the built-ins hold them to those that exist.</summary>
    internal static readonly string[] Names =
    [
        "fold-conditions", "infer-shapes", "fold-constants", "upgrade-opset", "remove-identities", "merge-casts", "merge-transposes", "merge-reshapes", "fold-affine", "fold-pads", "merge-constants", "remove-dead", PassesSpec.Basic, PassesSpec.Extended,
    ];

    static readonly Shape<Sited<string>> Pass = ScalarShapes.OneOf(Names);

    public static Form<PassesSpec> Form { get; } = new("`passes`", keys => new PassesSpec(
        keys.List("without", Pass, "passes that are left out; optimize-basic not alone where optimize-extended runs, which does all of it too"),
        keys.List("only", Pass, "the passes that run, in their own order; all others are left out")), Check);

    /// <summary>Whether a choice of passes fits the level of optimization; notes why it does not.</summary>
    /// <param name="passes">The choice.</param>
    /// <param name="level">The level.</param>
    /// <param name="reading">Takes the error.</param>
    internal static bool Fits(PassesSpec passes, string level, Reading reading)
    {
        ImmutableArray<Sited<string>> named = [.. passes.Without, .. passes.Only];
        var extended = passes.Only.FirstOrDefault(pass => pass.Value == PassesSpec.Extended);
        if (level == "none" && !named.IsEmpty)
            return Refuse(named[0], "`optimize: none` runs no pass, so `passes` chooses of none", "Remove `passes`, or write `optimize: basic`");
        if (level == "basic" && extended is not null)
            return Refuse(extended, $"`optimize: basic` does not run the pass `{extended}`", "Take it out of `only`, or write `optimize: extended`");
        if (level != "extended" || !passes.Runs(PassesSpec.Extended) || passes.Runs(PassesSpec.Basic))
            return true;
        return extended is null
            ? Refuse(named.First(pass => pass.Value == PassesSpec.Basic), $"`{PassesSpec.Basic}` cannot be left out alone, because `{PassesSpec.Extended}` does all of it too", $"Leave out `{PassesSpec.Extended}` too")
            : Refuse(extended, $"`{extended}` cannot run without `{PassesSpec.Basic}`, because it does all of it too", $"Add `{PassesSpec.Basic}` to `only`");

        bool Refuse(Sited<string> at, string message, string hint)
        {
            reading.Error(Codes.Contradiction, message, at.Span, hint);
            return false;
        }
    }

    static bool Check(PassesSpec made, Keys keys)
    {
        if (made.Without.IsEmpty || made.Only.IsEmpty)
            return true;
        keys.Reading.Error(Codes.Contradiction, "`passes` has both `without` and `only`", made.Only[0].Span, "Keep one of them");
        return false;
    }
}
