// The forms of feeds, tool roots and layers. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.FeedVariables;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>feed:</c>.</summary>
static class FeedForm
{
    static readonly string[] Schemes = ["https://", "http://", "file:", "$"];

    static readonly Shape<Sited<string>> Address = new Scalar<string>(
        "an address such as `https://example.org/debian`, or a variable such as `$IMAGECRAFT_FEED_VENDOR`", text => (text, Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.Ordinal) && text.Length > scheme.Length)),
        () => new() { ["type"] = "string", ["pattern"] = "^(https?://|file:|[$])." });

    public static Form<Feed> Form { get; } = new("a feed", keys => new Feed
    {
        Name = keys.Required(KindNames.Feed, ScalarShapes.Name, "unique name"),
        Apt = keys.Maybe("apt", Address, "address of a repository of one's own, or its variable (`$IMAGECRAFT_FEED_NAME`); the machine's mirrors of Debian when absent"),
        Suite = keys.Required("suite", ScalarShapes.Text, "suite as in dists/; `./` for a flat repository, which has none"),
        Components = keys.List("components", ScalarShapes.Text, "components, as a rule main"),
        Architectures = keys.List("architectures", ScalarShapes.Name, "architectures that it has packages for; all when absent"),
        Keys = keys.List("keys", FileShapes.File, "OpenPGP key files that may sign it"),
        Base = keys.Maybe("base", ScalarShapes.Name, "feed whose packages may satisfy dependencies too"),
        Updates = keys.Maybe("updates", ScalarShapes.Name, "feed that it brings newer packages for: of both, the newer one is taken"),
        Archived = keys.Optional("archived", ScalarShapes.Flag, false, "the suite gets no updates any more, so its release may be past its time"),
    }, Check);

    static bool Check(Feed feed, Keys keys)
    {
        var before = keys.Reading.Problems.Count;
        var isFlat = feed.Suite.Value.EndsWith('/');
        if (feed.Apt is not { } apt)
        {
            if (isFlat)
                Refuse(Codes.Contradiction, feed.Suite.Span, $"The suite `{feed.Suite}` is the folder of a flat repository, which no mirror of Debian is", "Name the repository by `apt:`, or write the suite's name");
            return keys.Reading.Problems.Count == before;
        }
        if (apt.Value.StartsWith('$') && apt.Value[1..] != FeedVariable.Of(feed.Name))
            Refuse(Codes.WrongFormat, apt.Span, $"`{apt}` is not the variable of feed `{feed.Name}`", $"Write `${FeedVariable.Of(feed.Name)}`, or the address");
        if (feed.Keys.IsEmpty)
            Refuse(Codes.MissingKey, apt.Span, $"Feed `{feed.Name}` has an address of its own, but no `keys` that its packages are signed with", "Get the vendor's public key from where you trust it, and name its file: `keys: [ keys/vendor.asc ]`");
        if (isFlat && feed.Components is [var component, ..])
            Refuse(Codes.Contradiction, component.Span, $"Feed `{feed.Name}` is a flat repository, which has no components", "Remove `components`, or write the suite without a slash at its end");
        if (!isFlat && feed.Components.IsEmpty)
            Refuse(Codes.MissingKey, feed.Suite.Span, $"Feed `{feed.Name}` has no `components`", "Add them as the vendor names them, e.g. `components: [ main ]`; a flat repository has the suite `./` and none");
        if (SourceForm.HasCredentials(apt))
            keys.Reading.Warning(Codes.Credentials, "An address has a name or password in it, which all can read who have this file", apt.Span, $"Write `${FeedVariable.Of(feed.Name)}`, and set that variable where it is built");
        return keys.Reading.Problems.Count == before || keys.Reading.Problems.Skip(before).All(problem => !problem.IsError);

        void Refuse(string code, SourceSpan span, string message, string hint) => keys.Reading.Error(code, message, span, hint);
    }
}

/// <summary>A package of a feed as it is asked for.</summary>
static partial class PackageName
{
    const string Pattern = "^[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?(/[a-z0-9][a-z0-9+._-]*)?";

    /// <summary>Its name, with an architecture and a feed when they are others than those of the set.</summary>
    public static Shape<Sited<string>> Shape { get; } = new Scalar<string>(
        "a package such as `make`, `libc6-dev:arm64` or `qemu-system-arm/trixie-backports`", text => (text, Form().IsMatch(text)),
        () => new() { ["type"] = "string", ["pattern"] = Pattern + "$" },
        text => (Diagnostics.Codes.WrongFormat, text.IndexOf('=') > 0 ? "Versions are the lock's: `./build.sh lock` pins them" : null));

    [System.Text.RegularExpressions.GeneratedRegex(Pattern + WholeText.End)]
    private static partial System.Text.RegularExpressions.Regex Form();
}

/// <summary>Documents that begin with <c>toolroot:</c>.</summary>
static class ToolRootForm
{
    public static Form<ToolRoot> Form { get; } = new("a tool root", keys => new ToolRoot
    {
        Name = keys.Required(KindNames.ToolRoot, ScalarShapes.Name, "unique name"),
        Feed = keys.Required("feed", ScalarShapes.Name, "feed of its packages"),
        Architecture = keys.Maybe("architecture", ScalarShapes.Text, "Debian architecture; the build host's when absent"),
        Includes = keys.List("includes", ScalarShapes.Name, "tool roots whose packages, links and exceptions it has too"),
        Packages = keys.Required("packages", new ListOf<Sited<string>>(PackageName.Shape), "packages; name:arch for a foreign architecture, name/feed for another feed"),
        Without = keys.List("without", ScalarShapes.Text, "packages never taken, though something depends on them"),
        Links = keys.Map("links", ScalarShapes.Words, "symbolic links to make: path to target", ScalarShapes.TargetFile),
        Only = keys.List("only", ScalarShapes.TargetPath, "globs of the only paths that it has; all when absent"),
        Except = keys.List("except", ScalarShapes.TargetPath, "globs of paths that are left out"),
    });
}

/// <summary>Documents that begin with <c>layer:</c>, as <c>layer.yaml</c>.</summary>
static class LayerForm
{
    public static Form<Layer> Form { get; } = new("a layer", keys =>
    {
        var name = keys.Required(KindNames.Layer, ScalarShapes.Name, "unique name");
        var priority = keys.Maybe("priority", ScalarShapes.Integer, "higher lies on top; 0 when absent");
        var version = keys.Maybe("version", ScalarShapes.Text, "its own version, which other layers may require; the core layer has Imagecraft's when absent");
        var requires = keys.Map("requires", ScalarShapes.VersionRange, "versions it was made for: of `imagecraft`, and of other layers by their names");
        var choices = ChoicesForm.Of(keys);
        return () => new Layer(name, priority ?? new Sited<int>(0, name.Span), keys.Folder) { Version = version, Requires = requires, Choices = choices };
    });
}
