// The form of a recipe's package. Unaware of installing.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>packages:</c> of recipes.</summary>
static class PackageForm
{
    public static Form<PackageSpec> Form { get; } = new("a package", keys => new PackageSpec
    {
        Name = keys.Required("name", ScalarShapes.Name, "unique within all recipes"),
        Files = keys.Required("files", new ListOf<Sited<string>>(ScalarShapes.TargetPath), "globs of absolute paths, each of which matches something; a file goes to the first package that matches"),
        Optional = keys.List("optional", ScalarShapes.TargetPath, "further globs, which may match nothing: what only some architectures have"),
        Except = keys.List("except", ScalarShapes.TargetPath, "globs that are left out though `files` matches"),
        Requires = keys.List("requires", ScalarShapes.Name, "packages that must be installed too"),
        Provides = keys.List("provides", ScalarShapes.Name, "names besides its own by which images and packages may have it"),
        Attributes = keys.List("attributes", AttributesForm.Form, "modes, owners, capabilities and extended attributes that differ from 0755/0644 root"),
        NeedsFeature = keys.Maybe("needs-feature", ScalarShapes.Name, "feature that brings what it cannot do without, of the kernel above all"),
        Interfaces = keys.Map("interfaces", ScalarShapes.DottedVersion, FitWords.Interfaces, ScalarShapes.Name),
        Fits = keys.Map("fits", ScalarShapes.VersionRange, FitWords.Fits, ScalarShapes.Name),
        GivesWay = keys.List("gives-way", ScalarShapes.TargetPath, "globs of programs that give way to another package's of the same path, or of the same name in another folder of programs"),
    });
}
