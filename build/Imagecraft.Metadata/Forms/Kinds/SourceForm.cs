// The form of one source of a recipe or a model. Unaware of how it is fetched.

using System.Collections.Immutable;
using Imagecraft.GitAddresses;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>sources:</c> of recipes and <c>source:</c> of models.</summary>
static class SourceForm
{
    static readonly string[] Schemes = ["https", "http", "file", "git", "debian", "npm", "nuget", "supplied"];
    static readonly string[] Archives = [".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst", ".tzst", ".zip", ".nupkg"];

    static readonly Shape<Sited<string>> Address = new Scalar<string>(
        $"an address with one of the schemes [ {string.Join(", ", Schemes.Select(scheme => $"`{scheme}:`"))} ]",
        text => (text, Schemes.Contains(SchemeOf(text)) && text.Length > SchemeOf(text).Length + 1),
        () => new() { ["type"] = "string", ["pattern"] = $"^({string.Join('|', Schemes.Where(scheme => scheme != Git))}):.|^{Git}:(https|ssh|git|file)://." });

    const string Git = "git";

    /// <summary>Stands for the version of a hash that is written alone.</summary>
    const string Only = "";

    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Url = Keys.Required("url", Address, "upstream's address");
    static readonly Field<ImmutableArray<Sited<string>>> Mirrors = Keys.List("mirrors", Address, "further places with the same content");
    static readonly Field<ImmutableSortedDictionary<string, Sited<string>>> Sha256 = Keys.Optional("sha256", HashShape(), ImmutableSortedDictionary<string, Sited<string>>.Empty, "SHA-256 of the file; of a `supplied:` file also a map of versions to theirs, when its vendor has handed out several");
    static readonly Field<Sited<string>?> Commit = Keys.Maybe("commit", ScalarShapes.Commit, "commit of a git source");
    static readonly Field<bool?> Unpack = Keys.Optional("unpack", ScalarShapes.Truth.Select(truth => (bool?)truth.Value), null, "unpack the archive; the default when its name ends like one");
    static readonly Field<int> Strip = Keys.Optional("strip", ScalarShapes.Count.Select(count => count.Value), 1, "leading path components to drop while unpacking");
    static readonly Field<string?> Obtain = Keys.Optional<string?>("obtain", ScalarShapes.Words!, null, "where the user gets a `supplied:` file");
    static readonly Field<string> Into = Keys.Optional("into", ScalarShapes.Words, "", "folder below the source root where it goes");

    public static Form<SourceSpec> Form { get; } = new("a source", Keys, Make, Check);

    /// <summary>The source with its workspace files (<c>file:NAME</c>) named as seen from <paramref name="folder"/>, wherever they were written.</summary>
    public static SourceSpec SeenFrom(string folder, SourceSpec source) => source with
    {
        Url = SeenFrom(folder, source.Url),
        Mirrors = source.Mirrors.IsEmpty ? [] : [.. source.Mirrors.Select(mirror => SeenFrom(folder, mirror))],
    };

    static SourceSpec Make(Values values) => new()
    {
        Url = values.Get(Url),
        Mirrors = values.Get(Mirrors),
        Sha256 = values.Get(Sha256).GetValueOrDefault(Only),
        Versions = values.Get(Sha256).Remove(Only),
        Commit = values.Get(Commit),
        Unpack = values.Get(Unpack) ?? (SchemeOf(values.Get(Url).Value) == Git || Archives.Any(values.Get(Url).Value.EndsWith)),
        Strip = values.Get(Strip),
        Into = values.Get(Into),
        Obtain = values.Get(Obtain),
    };

    static bool Check(Values values)
    {
        var url = values.Get(Url);
        var scheme = SchemeOf(url.Value);
        if (!GitAddresses(values, url))
            return false;
        if (scheme == Git && values.Get(Commit) is null)
            return Refuse(Codes.MissingKey, "Required key `commit` is missing in a git source", "Add `commit:` with all 40 (or 64) characters of the commit, so that the source can never change");
        if (scheme == "supplied" && values.Get(Obtain) is null)
            return Refuse(Codes.MissingKey, "Required key `obtain` is missing in a supplied source", "Say where the user gets the file");
        if (scheme == "supplied" && SuppliedFile(url) is null)
            return Refuse(Codes.MissingFile, $"`url` names `{url.Value}`, which lies outside of `{SourceSpec.SuppliedFolder}/`", $"Names are relative to the folder `{SourceSpec.SuppliedFolder}` of the workspace");
        if (WorkspaceFile(url) is { } file && !values.Reading.Exists(file))
            return Refuse(Codes.MissingFile, $"`url` names `{url.Value}`, but there is no file `{file}`", "Names are relative to the folder of the file they are written in");
        if (scheme is not (Git or "supplied") && WorkspaceFile(url) is null && values.Get(Sha256).IsEmpty)
            return Refuse(Codes.MissingKey, "Required key `sha256` is missing in a source", "Add `sha256:`; `sha256sum FILE` computes it");
        foreach (var place in values.Get(Mirrors).Prepend(url))
            if (HasCredentials(place.Value))
                values.Reading.Warning(Codes.Credentials, "An address has a name or password in it, which all can read who have this file", place.Span, "Take it out, and let the file be had without one or from a folder of yours by `file:`; what is shown and shipped leaves it out");
        return NothingInVain(values, url, scheme);

        bool Refuse(string code, string message, string hint)
        {
            values.Reading.Error(code, message, url.Span, hint);
            return false;
        }
    }

    /// <summary>Of http and https everything before the host is secret; ssh needs its user's name, so only a password is.</summary>
    static bool HasCredentials(string address)
    {
        var start = address.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
            return false;
        var authority = address[(start + 3)..].Split('/', '?', '#')[0];
        var at = authority.LastIndexOf('@');
        return at >= 0 && (address[..start].Split(':')[^1] is "http" or "https" || authority[..at].Contains(':', StringComparison.Ordinal));
    }

    /// <summary>Reports addresses that git would take for an option, a helper or a command.</summary>
    static bool GitAddresses(Values values, Sited<string> url)
    {
        var before = values.Reading.Problems.Count;
        foreach (var address in values.Get(Mirrors).Prepend(url).Where(address => SchemeOf(address.Value) == Git))
        {
            if (GitAddress.Problem(address.Value[(Git.Length + 1)..]) is { } problem)
                values.Reading.Error(Codes.WrongFormat, $"`{address.Value}` is no address for git: it {problem}", address.Span, "Write `git:` and an address with `https://`, `ssh://`, `git://` or `file:///`; the commit goes to `commit:`");
        }
        return values.Reading.Problems.Count == before;
    }

    /// <summary>Reports keys that would be ignored.</summary>
    static bool NothingInVain(Values values, Sited<string> url, string scheme)
    {
        var before = values.Reading.Problems.Count;
        if (values.Get(Sha256) is { IsEmpty: false } hashes && !hashes.ContainsKey(Only) && scheme != "supplied")
            values.Reading.Error(Codes.Contradiction, "A source has versions with a hash each, but only a `supplied:` file may have several", hashes.Values.First().Span, "Write the one hash of the file");
        if (values.Get(Commit) is { } commit && scheme != Git)
            values.Reading.Error(Codes.Contradiction, "A source has a `commit`, but is no `git:` source", commit.Span, "Remove `commit`, or write `git:` in front of the address");
        if (values.Get(Obtain) is not null && scheme != "supplied")
            values.Reading.Error(Codes.Contradiction, "A source says where the user gets it, but is no `supplied:` file", url.Span, "Remove `obtain`");
        foreach (var mirror in values.Get(Mirrors))
        {
            if ((SchemeOf(mirror.Value) == Git) != (scheme == Git))
                values.Reading.Error(Codes.Contradiction, "A git source is known by its commit, other files by their SHA-256, so neither is a mirror of the other", mirror.Span, "Make it a source of its own, or remove it");
            else if (SchemeOf(mirror.Value) == "supplied")
                values.Reading.Error(Codes.Contradiction, "A `supplied:` file cannot be a mirror", mirror.Span, "Make it a source of its own, or remove it");
            else if (scheme == "supplied" || WorkspaceFile(url) is not null)
                values.Reading.Error(Codes.Contradiction, $"`{url.Value}` lies in the workspace, so its mirrors are never asked", mirror.Span, "Remove `mirrors`");
        }
        return values.Reading.Problems.Count == before;
    }

    static ScalarOrMap<ImmutableSortedDictionary<string, Sited<string>>> HashShape() => new(
        ScalarShapes.Sha256.Select(hash => ImmutableSortedDictionary.Create<string, Sited<string>>(StringComparer.Ordinal).Add(Only, hash)),
        new MapOf<Sited<string>>(ScalarShapes.Sha256));

    static Sited<string> SeenFrom(string folder, Sited<string> address) =>
        WorkspacePath.FolderOf(address.Span.File) != folder && WorkspaceFile(address) is { } file
            ? new Sited<string>("file:" + WorkspacePath.From(folder, file), address.Span)
            : address;

    static string? WorkspaceFile(Sited<string> address) =>
        SchemeOf(address.Value) == "file" ? WorkspacePath.Resolve(WorkspacePath.FolderOf(address.Span.File), address.Value["file:".Length..]) : null;

    static string? SuppliedFile(Sited<string> address) =>
        WorkspacePath.Resolve(SourceSpec.SuppliedFolder, address.Value["supplied:".Length..]) is { } path && path.StartsWith(SourceSpec.SuppliedFolder + "/", StringComparison.Ordinal) ? path : null;

    static string SchemeOf(string address) => address.IndexOf(':') is > 0 and var colon ? address[..colon] : "";
}
