// The form of `imagecraft.yaml`. Unaware of where layers lie.

using System.Text.RegularExpressions;
using Imagecraft.GitAddresses;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>workspace:</c>, of which each workspace has one.</summary>
static partial class WorkspaceForm
{
    static readonly Shape<Sited<string>> Folder = new Scalar<string>(
        "a folder such as `../layers/vendor`", text => (text, text.Length > 0 && !text.StartsWith('/') && !text.Contains('\0')),
        () => new() { ["type"] = "string", ["pattern"] = "^[^/]" },
        _ => (Codes.WrongFormat, "Name it relative to the workspace, so that it is found on every machine"));

    static readonly Shape<Sited<string>> Address = new Scalar<string>(
        "an address such as `https://example.org/layer-1.0.tar.gz`", text => (text, text.StartsWith("https:", StringComparison.Ordinal) || text.StartsWith("http:", StringComparison.Ordinal) || text.StartsWith("file:", StringComparison.Ordinal)),
        () => new() { ["type"] = "string", ["pattern"] = "^(https?|file):" });

    static readonly Shape<Sited<string>> Repository = new Scalar<string>(
        "the address of a repository such as `https://example.org/layer.git`", text => (text, RepositoryProblem(text) is null),
        () => new() { ["type"] = "string", ["pattern"] = "^((https|ssh|git)://|file:)." },
        text => (Codes.WrongFormat, $"It {RepositoryProblem(text)}"));

    static readonly Shape<LayerPlace> Place = new ScalarOrMap<LayerPlace>(
        Folder.Select(path => (LayerPlace)new LayerPlace.Folder(path)),
        new Form<LayerPlace>("a layer of a workspace", keys =>
        {
            var archive = keys.Maybe("archive", Address, "address of an archive with the layer");
            var sha256 = keys.Maybe("sha256", ScalarShapes.Sha256, "hash of the archive");
            var git = keys.Maybe("git", Repository, "address of a git repository with the layer; `file:PATH` is one of this machine");
            var commit = keys.Maybe("commit", ScalarShapes.Commit, "commit of the repository");
            var folder = keys.Maybe("folder", Folder, "the layer's folder in it; when absent, the repository's top, or where the archive's one folder leads");
            return () => Fetched(archive, sha256, git, commit, folder, keys);
        }));

    /// <summary>What is wrong with a repository's address, worded to follow it; null when it is fine.</summary>
    static string? RepositoryProblem(string address) =>
        address.StartsWith("file:", StringComparison.Ordinal) && !address.StartsWith("file://", StringComparison.Ordinal)
            ? address.Length > "file:".Length && !address.Contains('\0') ? null : "names no repository"
            : GitAddress.Problem(address);

    static LayerPlace? Fetched(Sited<string>? archive, Sited<string>? sha256, Sited<string>? git, Sited<string>? commit, Sited<string>? folder, Keys keys)
    {
        return (archive, git) switch
        {
            (null, null) => Refuse(Codes.MissingKey, "A layer has neither `archive` nor `git`", keys.Span, "Say where it comes from; a layer that lies in a folder is written as text: `- ../layer`"),
            ({ } one, { } other) => Refuse(Codes.Contradiction, "A layer has an `archive` and a `git`", other.Span, "Remove one of them"),
            ({ } address, null) when commit is not null => Refuse(Codes.Contradiction, "A layer has a `commit`, but comes in an archive", commit.Span, "Remove `commit`, or name the repository by `git`"),
            ({ } address, null) when sha256 is null => Refuse(Codes.MissingKey, "Required key `sha256` is missing in a layer that comes in an archive", address.Span, "`sha256sum FILE` computes it"),
            ({ } address, null) => new LayerPlace.Archive(folder ?? new Sited<string>("", address.Span), address, sha256),
            (null, { } address) when sha256 is not null => Refuse(Codes.Contradiction, "A layer has a `sha256`, but comes from git", sha256.Span, "Remove `sha256`: a commit is a hash itself"),
            (null, { } address) when commit is null => Refuse(Codes.MissingKey, "Required key `commit` is missing in a layer that comes from git", address.Span, $"Add all 40 (or 64) characters of it; `git ls-remote {address} HEAD` prints the newest"),
            (null, { } address) => new LayerPlace.Commit(folder ?? new Sited<string>("", address.Span), address, commit),
        };

        LayerPlace? Refuse(string code, string message, SourceSpan span, string hint)
        {
            keys.Reading.Error(code, message, span, hint);
            return null;
        }
    }

    static readonly Shape<Sited<string>> CacheAddress = new Scalar<string>(
        "an address such as `grpcs://cache.example.org` or `https://cache.example.org/imagecraft`", text => (text, RemoteAddressPattern().IsMatch(text)),
        () => new() { ["type"] = "string", ["pattern"] = RemoteAddresses },
        _ => (Codes.WrongFormat, "Credentials stand in the user's own settings (docs/remote.md)"));

    const string RemoteAddresses = "^(grpcs?://[^/@ ]+|https?://[^@ ]+|unix:/.+)$";

    [GeneratedRegex(RemoteAddresses)]
    private static partial Regex RemoteAddressPattern();

    static Form<RemoteSpec> Remote { get; } = new("a remote cache", keys =>
    {
        var cache = keys.Required("cache", CacheAddress, "its address, without credentials");
        var instance = keys.Maybe("instance", ScalarShapes.Text, "the server's name for one of several stores");
        var upload = keys.Maybe("upload", ScalarShapes.OneOf("never", "ci", "always"), "when results are given to it: never, on machines where the variable `CI` is set (default), or always");
        return () => new RemoteSpec(cache, instance, upload);
    });

    static WorkspaceFile? NoFeedsOfCore(YamlMap first, Keys keys)
    {
        keys.Reading.Error(Codes.Contradiction, "The core layer has feeds in its `imagecraft.yaml`, which nobody who stands on it reads", first.Span, "Write each into a file of its own below `recipes/`, which begins with `feed:`");
        return null;
    }

    public static Form<WorkspaceFile> Form { get; } = new("a workspace", keys =>
    {
        var name = keys.Required(KindNames.Workspace, ScalarShapes.Name, "its name");
        var layers = keys.List("layers", Place, "layers besides the core layer: folders, which may lie outside, or maps of an archive or a git commit");
        var board = keys.Maybe("board", ScalarShapes.Name, "board that is built when none is named");
        var image = keys.Maybe("image", ScalarShapes.Name, "image that is built when none is named; the board's own when absent");
        var isCore = keys.Optional("core", ScalarShapes.Flag, false, "it is the core layer itself, as Imagecraft's own repository is");
        var requires = keys.Map("requires", ScalarShapes.VersionRange, "versions it was made for: of `imagecraft`, and of layers by their names");
        var feeds = keys.Optional("feeds", new NamedDocuments(KindNames.Feed, FeedForm.Form.Schema), [], "feeds by their names, each as a document `feed:` says them");
        var remote = keys.Maybe("remote", Remote, "a cache that many machines share, asked for what this one has not; the user's own settings go before it");
        var choices = ChoicesForm.Of(keys);
        return () => isCore && feeds is [var first, ..] ? NoFeedsOfCore(first, keys) : new WorkspaceFile(name, layers, board, image) { IsCore = isCore, Requires = requires, Feeds = feeds, Choices = choices, Remote = remote };
    });
}
