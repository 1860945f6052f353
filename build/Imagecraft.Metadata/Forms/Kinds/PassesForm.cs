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
        "fold-conditions", "infer-shapes", "fold-constants", "upgrade-opset", "remove-identities", "merge-casts", "merge-transposes", "merge-reshapes", "fold-affine", "remove-dead",
    ];

    static readonly Shape<Sited<string>> Pass = ScalarShapes.OneOf(Names);

    static readonly FieldSet Keys = new();
    static readonly Field<ImmutableArray<Sited<string>>> Without = Keys.List("without", Pass, "passes that are left out");
    static readonly Field<ImmutableArray<Sited<string>>> Only = Keys.List("only", Pass, "the passes that run, in their own order; all others are left out");

    public static Form<PassesSpec> Form { get; } = new("`passes`", Keys, values => new PassesSpec(values.Get(Without), values.Get(Only)), Check);

    static bool Check(Values values)
    {
        if (values.Get(Without).IsEmpty || values.Get(Only).IsEmpty)
            return true;
        values.Reading.Error(Codes.Contradiction, "`passes` has both `without` and `only`", values.Get(Only)[0].Span, "Keep one of them");
        return false;
    }
}
