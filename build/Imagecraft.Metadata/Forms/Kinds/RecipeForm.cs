// The form of a recipe. Unaware of layers and of how it is built.

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>recipe:</c>.</summary>
static class RecipeForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required(KindNames.Recipe, ScalarShapes.Name, "unique name");
    static readonly Field<Sited<string>> Version = Keys.Required("version", ScalarShapes.Text, "the component's version");
    static readonly Field<Sited<string>> License = Keys.Required("license", ScalarShapes.Text, "SPDX license expression");
    static readonly Field<string?> Summary = Keys.Optional<string?>("summary", ScalarShapes.Words!, null, "one line");
    static readonly Field<string?> Homepage = Keys.Optional<string?>("homepage", ScalarShapes.Words!, null, "the project's page");
    static readonly Field<ImmutableArray<SourceSpec>> Sources = Keys.List("sources", SourceForm.Form, "unpacked one over the other, in order");
    static readonly Field<ImmutableArray<Sited<string>>> Patches = Keys.List("patches", FileShapes.File, "patch files, applied in order with patch -p1");
    static readonly Field<ImmutableArray<Sited<string>>> Depends = Keys.List("depends", ScalarShapes.Name, "recipes whose install trees are there while building");
    static readonly Field<BuildSpec> Build = Keys.Required("build", BuildForm.Shape, "how it is built; begins with `system:`");
    static readonly Field<ImmutableArray<PackageSpec>> Packages = Keys.List("packages", PackageForm.Form, "what is installed together");
    static readonly Field<ImmutableArray<ServiceSpec>> Services = Keys.List("services", ServiceForm.Form, "init services it brings");
    static readonly Field<ImmutableArray<CheckSpec>> Checks = Keys.List("checks", CheckForm.Form, "commands that prove it on the booted board");

    public static Form<Recipe> Form { get; } = new("a recipe", Keys, Make);

    /// <summary>Schema of <c>append:</c> documents: every key of a recipe but its name, none required.</summary>
    public static JsonObject AppendSchema()
    {
        var schema = Form.Schema();
        var properties = (JsonObject)schema["properties"]!;
        properties.Remove(KindNames.Recipe);
        properties["build"] = BuildForm.AppendSchema();
        var name = ScalarShapes.Name.Schema();
        name["description"] = "recipe of this or a lower layer";
        properties.Insert(0, KindNames.Append, name);
        schema["required"] = new JsonArray(KindNames.Append);
        return schema;
    }

    static Recipe Make(Values values) => new()
    {
        Name = values.Get(Name),
        Version = values.Get(Version),
        License = values.Get(License),
        Summary = values.Get(Summary),
        Homepage = values.Get(Homepage),
        Sources = [.. values.Get(Sources).Select(source => SourceForm.SeenFrom(values.Folder, source))],
        Patches = values.Get(Patches),
        Depends = values.Get(Depends),
        Build = values.Get(Build),
        Packages = values.Get(Packages),
        Services = values.Get(Services),
        Checks = values.Get(Checks),
        Folder = values.Folder,
    };
}
