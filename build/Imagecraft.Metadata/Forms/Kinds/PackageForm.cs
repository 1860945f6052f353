// The form of a recipe's package. Unaware of installing.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>packages:</c> of recipes.</summary>
static class PackageForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required("name", ScalarShapes.Name, "unique within all recipes");
    static readonly Field<ImmutableArray<Sited<string>>> Files = Keys.Required("files", new ListOf<Sited<string>>(ScalarShapes.TargetPath), "globs of absolute paths; a file goes to the first package that matches");
    static readonly Field<ImmutableArray<Sited<string>>> Except = Keys.List("except", ScalarShapes.TargetPath, "globs that are left out though `files` matches");
    static readonly Field<ImmutableArray<Sited<string>>> Requires = Keys.List("requires", ScalarShapes.Name, "packages that must be installed too");
    static readonly Field<ImmutableArray<FileAttributes>> Attributes = Keys.List("attributes", AttributesForm.Form, "modes and owners that differ from 0755/0644 root");

    public static Form<PackageSpec> Form { get; } = new("a package", Keys, values => new PackageSpec
    {
        Name = values.Get(Name),
        Files = values.Get(Files),
        Except = values.Get(Except),
        Requires = values.Get(Requires),
        Attributes = values.Get(Attributes),
    });
}
