// The forms of feeds, tool roots and layers. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>feed:</c>.</summary>
static class FeedForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required(KindNames.Feed, ScalarShapes.Name, "unique name");
    static readonly Field<Sited<string>> Suite = Keys.Required("suite", ScalarShapes.Text, "suite as in dists/");
    static readonly Field<ImmutableArray<Sited<string>>> Components = Keys.List("components", ScalarShapes.Text, "components, as a rule main");
    static readonly Field<ImmutableArray<Sited<string>>> KeyFiles = Keys.List("keys", FileShapes.File, "OpenPGP key files that may sign it");
    static readonly Field<Sited<string>?> Base = Keys.Maybe("base", ScalarShapes.Name, "feed whose packages may satisfy dependencies too");
    static readonly Field<Sited<string>?> Updates = Keys.Maybe("updates", ScalarShapes.Name, "feed that it brings newer packages for: of both, the newer one is taken");
    static readonly Field<bool> Archived = Keys.Optional("archived", ScalarShapes.Truth.Select(truth => truth.Value), false, "the suite gets no updates any more, so its release may be past its time");

    public static Form<Feed> Form { get; } = new("a feed", Keys, values => new Feed
    {
        Name = values.Get(Name),
        Suite = values.Get(Suite),
        Components = values.Get(Components),
        Keys = values.Get(KeyFiles),
        Base = values.Get(Base),
        Updates = values.Get(Updates),
        Archived = values.Get(Archived),
    });
}

/// <summary>Documents that begin with <c>toolroot:</c>.</summary>
static class ToolRootForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required(KindNames.ToolRoot, ScalarShapes.Name, "unique name");
    static readonly Field<Sited<string>> Feed = Keys.Required("feed", ScalarShapes.Name, "feed of its packages");
    static readonly Field<Sited<string>?> Architecture = Keys.Maybe("architecture", ScalarShapes.Text, "Debian architecture; the build host's when absent");
    static readonly Field<ImmutableArray<Sited<string>>> Includes = Keys.List("includes", ScalarShapes.Name, "tool roots whose packages, links and exceptions it has too");
    static readonly Field<ImmutableArray<Sited<string>>> Packages = Keys.Required("packages", new ListOf<Sited<string>>(ScalarShapes.Text), "packages; name:arch for a foreign architecture, name/feed for another feed");
    static readonly Field<ImmutableArray<Sited<string>>> Without = Keys.List("without", ScalarShapes.Text, "packages never taken, though something depends on them");
    static readonly Field<ImmutableSortedDictionary<string, string>> Links = Keys.Map("links", ScalarShapes.Words, "symbolic links to make: path to target");
    static readonly Field<ImmutableArray<Sited<string>>> Except = Keys.List("except", ScalarShapes.TargetPath, "globs of paths that are left out");

    public static Form<ToolRoot> Form { get; } = new("a tool root", Keys, values => new ToolRoot
    {
        Name = values.Get(Name),
        Feed = values.Get(Feed),
        Architecture = values.Get(Architecture),
        Includes = values.Get(Includes),
        Packages = values.Get(Packages),
        Without = values.Get(Without),
        Links = values.Get(Links),
        Except = values.Get(Except),
    });
}

/// <summary>Documents that begin with <c>layer:</c>, as <c>layer.yaml</c>.</summary>
static class LayerForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required(KindNames.Layer, ScalarShapes.Name, "unique name");
    static readonly Field<Sited<int>?> Priority = Keys.Maybe("priority", ScalarShapes.Integer, "higher lies on top; 0 when absent");
    static readonly Field<Sited<string>?> Version = Keys.Maybe("version", ScalarShapes.Text, "its own version, which other layers may require; the core layer has Imagecraft's when absent");
    static readonly Field<ImmutableSortedDictionary<string, Sited<VersionRange>>> Requires = Keys.Map("requires", ScalarShapes.VersionRange, "versions it was made for: of `imagecraft`, and of other layers by their names");

    public static Form<Layer> Form { get; } = new("a layer", Keys, values =>
        new Layer(values.Get(Name), values.Get(Priority) ?? new Sited<int>(0, values.Get(Name).Span), values.Folder)
        {
            Version = values.Get(Version),
            Requires = values.Get(Requires),
        });
}
