// The form of a recipe. Unaware of layers and of how it is built.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>recipe:</c>.</summary>
static class RecipeForm
{
    public static Form<Recipe> Form { get; } = new("a recipe", Make);

    static Recipe Make(Keys keys) => new()
    {
        Name = keys.Required(KindNames.Recipe, ScalarShapes.Name, "unique name"),
        Version = keys.Required("version", ScalarShapes.Text, "the component's version"),
        License = keys.Required("license", ScalarShapes.Text, "SPDX license expression"),
        Summary = keys.Maybe("summary", ScalarShapes.Words, "one line"),
        Homepage = keys.Maybe("homepage", ScalarShapes.Words, "the project's page"),
        Sources = [.. keys.List("sources", SourceForm.Form, "unpacked one over the other, in order").Select(source => SourceForm.SeenFrom(keys.Folder, source))],
        Patches = keys.List("patches", FileShapes.File, "patch files, applied in order with patch -p1"),
        Depends = keys.List("depends", ScalarShapes.Name, "recipes whose install trees lie in the sysroot while building"),
        Releases = keys.Maybe("releases", ReleasesForm.Form, "where newer versions appear, and which of them count, for `./build.sh update`"),
        Build = keys.Required("build", BuildForm.Shape, "how it is built; begins with `system:`"),
        Provides = keys.List("provides", ScalarShapes.Name, "names besides its own by which recipes may depend on it"),
        Options = keys.Map("options", RecipeOptionForm.Form, "parts that images, boards and layers switch, for `when: { option: NAME }`", ScalarShapes.Name),
        Versions = keys.Map("versions", ChangesShape.Shape, "further versions that can be chosen: by version, what is different as in an append"),
        Packages = keys.List("packages", PackageForm.Form, "what is installed together"),
        Services = keys.List("services", ServiceForm.Form, "init services it brings"),
        Users = keys.List("users", UserForm.Form, "users it brings"),
        Groups = keys.List("groups", GroupForm.Form, "groups it brings"),
        Folders = keys.List("folders", FolderForm.Form, "folders it brings, with mode and owner"),
        Checks = keys.List("checks", CheckForm.Form, "commands that prove it on the booted board"),
        Folder = keys.Folder,
    };
}
