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

    static readonly Shape<ImmutableSortedDictionary<string, Sited<string>>> Hashes = new ScalarOrMap<ImmutableSortedDictionary<string, Sited<string>>>(
        ScalarShapes.Sha256.Select(hash => ImmutableSortedDictionary.Create<string, Sited<string>>(StringComparer.Ordinal).Add(Only, hash)),
        new MapOf<Sited<string>>(ScalarShapes.Sha256));

    static readonly Shape<bool?> MaybeFlag = ScalarShapes.Truth.Select(truth => (bool?)truth.Value);

    public static Form<SourceSpec> Form { get; } = new("a source", keys => Bind(keys, strip: 1));

    /// <summary>The source of data, whose archives often have no folder around all others.</summary>
    public static Form<SourceSpec> Data { get; } = new("a source", keys => Bind(keys, strip: 0));

    /// <summary>The source with its workspace files (<c>file:NAME</c>) named as seen from <paramref name="folder"/>, wherever they were written.</summary>
    public static SourceSpec SeenFrom(string folder, SourceSpec source) => source with
    {
        Url = SeenFrom(folder, source.Url),
        Mirrors = source.Mirrors.IsEmpty ? [] : [.. source.Mirrors.Select(mirror => SeenFrom(folder, mirror))],
    };

    static Func<SourceSpec?> Bind(Keys keys, int strip)
    {
        var url = keys.Required("url", Address, "upstream's address");
        var mirrors = keys.List("mirrors", Address, "further places with the same content");
        var sha256 = keys.Optional("sha256", Hashes, ImmutableSortedDictionary<string, Sited<string>>.Empty, "SHA-256 of the file; of a `supplied:` file also a map of versions to theirs, when its vendor has handed out several");
        var commit = keys.Maybe("commit", ScalarShapes.Commit, "commit of a git source");
        var unpack = keys.Optional("unpack", MaybeFlag, null, "unpack the archive; the default when its name ends like one");
        var dropped = keys.Optional("strip", ScalarShapes.PlainCount, strip, "leading path components to drop while unpacking");
        var obtain = keys.Maybe("obtain", ScalarShapes.Words, "where the user gets a `supplied:` file");
        var atLeast = keys.Maybe("at-least", ScalarShapes.Size, "least size of a `supplied:` file whose hash nobody knows");
        var atMost = keys.Maybe("at-most", ScalarShapes.Size, "greatest size of a `supplied:` file");
        var into = keys.Optional("into", ScalarShapes.Below, "", "folder below the source root where it goes");
        return () =>
        {
            var source = new SourceSpec
            {
                Url = url,
                Mirrors = mirrors,
                Sha256 = sha256.GetValueOrDefault(Only),
                Versions = sha256.Remove(Only),
                Commit = commit,
                Unpack = unpack ?? (SchemeOf(url.Value) == Git || IsArchive(SourceSpec.FileNameOf(url.Value))),
                Strip = dropped,
                Into = into,
                Obtain = obtain,
                AtLeast = atLeast,
                AtMost = atMost,
            };
            return Check(source, keys.Reading) ? source : null;
        };
    }

    static bool IsArchive(string file) => Archives.Any(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    static bool Check(SourceSpec source, Reading reading)
    {
        var url = source.Url;
        var scheme = SchemeOf(url.Value);
        if (!GitAddresses(source, reading))
            return false;
        if (scheme == Git && source.Commit is null)
            return Refuse(Codes.MissingKey, "Required key `commit` is missing in a git source", "Add `commit:` with all 40 (or 64) characters of the commit, so that the source can never change");
        if (scheme == "supplied" && source.Obtain is null)
            return Refuse(Codes.MissingKey, "Required key `obtain` is missing in a supplied source", "Say where the user gets the file");
        if (scheme == "supplied" && SuppliedFile(url) is null)
            return Refuse(Codes.MissingFile, $"`url` names `{url.Value}`, which lies outside of `{SourceSpec.SuppliedFolder}/`", $"Names are relative to the folder `{SourceSpec.SuppliedFolder}` of the workspace");
        if (WorkspaceFile(url) is { } file && !reading.Exists(file))
            return Refuse(Codes.MissingFile, $"`url` names `{url.Value}`, but there is no file `{file}`", "Names are relative to the folder of the file they are written in");
        if (scheme is not (Git or "supplied") && WorkspaceFile(url) is null && source.Sha256 is null && source.Versions.IsEmpty)
            return Refuse(Codes.MissingKey, "Required key `sha256` is missing in a source", "Add `sha256:`; `sha256sum FILE` computes it");
        foreach (var place in source.Mirrors.Prepend(url))
            if (HasCredentials(place.Value))
                reading.Warning(Codes.Credentials, "An address has a name or password in it, which all can read who have this file", place.Span, "Take it out, and let the file be had without one or from a folder of yours by `file:`; what is shown and shipped leaves it out");
        return NothingInVain(source, scheme, reading);

        bool Refuse(string code, string message, string hint)
        {
            reading.Error(code, message, url.Span, hint);
            return false;
        }
    }

    /// <summary>Of http and https everything before the host is secret; ssh needs its user's name, so only a password is.</summary>
    internal static bool HasCredentials(string address)
    {
        var start = address.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
            return false;
        var authority = address[(start + 3)..].Split('/', '?', '#')[0];
        var at = authority.LastIndexOf('@');
        return at >= 0 && (address[..start].Split(':')[^1] is "http" or "https" || authority[..at].Contains(':', StringComparison.Ordinal));
    }

    /// <summary>Reports addresses that git would take for an option, a helper or a command.</summary>
    static bool GitAddresses(SourceSpec source, Reading reading)
    {
        var before = reading.Problems.Count;
        foreach (var address in source.Mirrors.Prepend(source.Url).Where(address => SchemeOf(address.Value) == Git))
        {
            if (GitAddress.Problem(address.Value[(Git.Length + 1)..]) is { } problem)
                reading.Error(Codes.WrongFormat, $"`{address.Value}` is no address for git: it {problem}", address.Span, "Write `git:` and an address with `https://`, `ssh://`, `git://` or `file:///`; the commit goes to `commit:`");
        }
        return reading.Problems.Count == before;
    }

    /// <summary>Reports keys that would be ignored.</summary>
    static bool NothingInVain(SourceSpec source, string scheme, Reading reading)
    {
        var url = source.Url;
        var before = reading.Problems.Count;
        if (!source.Versions.IsEmpty && source.Sha256 is null && scheme != "supplied")
            reading.Error(Codes.Contradiction, "A source has versions with a hash each, but only a `supplied:` file may have several", source.Versions.Values.First().Span, "Write the one hash of the file");
        if (source.Commit is { } commit && scheme != Git)
            reading.Error(Codes.Contradiction, "A source has a `commit`, but is no `git:` source", commit.Span, "Remove `commit`, or write `git:` in front of the address");
        if (source.Obtain is not null && scheme != "supplied")
            reading.Error(Codes.Contradiction, "A source says where the user gets it, but is no `supplied:` file", url.Span, "Remove `obtain`");
        foreach (var bound in new[] { source.AtLeast, source.AtMost }.OfType<Sited<long>>().Where(_ => scheme != "supplied"))
            reading.Error(Codes.Contradiction, "A source has bounds of its size, but is no `supplied:` file", bound.Span, "Remove `at-least` and `at-most`; what is fetched is known by its hash");
        if (source is { AtLeast: { } least, AtMost: { } most } && least.Value > most.Value)
            reading.Error(Codes.Contradiction, $"`at-least` is {least.Value} bytes, more than the {most.Value} bytes of `at-most`", least.Span, "Exchange the two");
        foreach (var mirror in source.Mirrors)
        {
            if ((SchemeOf(mirror.Value) == Git) != (scheme == Git))
                reading.Error(Codes.Contradiction, "A git source is known by its commit, other files by their SHA-256, so neither is a mirror of the other", mirror.Span, "Make it a source of its own, or remove it");
            else if (SchemeOf(mirror.Value) == "supplied")
                reading.Error(Codes.Contradiction, "A `supplied:` file cannot be a mirror", mirror.Span, "Make it a source of its own, or remove it");
            else if (scheme == "supplied" || WorkspaceFile(url) is not null)
                reading.Error(Codes.Contradiction, $"`{url.Value}` lies in the workspace, so its mirrors are never asked", mirror.Span, "Remove `mirrors`");
        }
        return reading.Problems.Count == before;
    }

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
