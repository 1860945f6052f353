// The form of one source of a recipe or a model. Unaware of how it is fetched.

using System.Collections.Immutable;
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
        () => new() { ["type"] = "string", ["pattern"] = $"^({string.Join('|', Schemes)}):." });

    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Url = Keys.Required("url", Address, "upstream's address");
    static readonly Field<ImmutableArray<Sited<string>>> Mirrors = Keys.List("mirrors", Address, "further places with the same content");
    static readonly Field<Sited<string>?> Sha256 = Keys.Maybe("sha256", ScalarShapes.Sha256, "SHA-256 of the file");
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
        Sha256 = values.Get(Sha256),
        Commit = values.Get(Commit),
        Unpack = values.Get(Unpack) ?? (SchemeOf(values.Get(Url).Value) == "git" || Archives.Any(values.Get(Url).Value.EndsWith)),
        Strip = values.Get(Strip),
        Into = values.Get(Into),
        Obtain = values.Get(Obtain),
    };

    static bool Check(Values values)
    {
        var url = values.Get(Url);
        var scheme = SchemeOf(url.Value);
        if (scheme == "git" && values.Get(Commit) is null)
        {
            values.Reading.Error(Codes.MissingKey, "Required key `commit` is missing in a git source", url.Span, "Add `commit:` with the 40 characters of the commit, so that the source can never change");
            return false;
        }
        if (WorkspaceFile(url) is { } file)
        {
            if (values.Reading.Exists(file))
                return true;
            values.Reading.Error(Codes.MissingFile, $"`url` names `{url.Value}`, but there is no file `{file}`", url.Span, "Names are relative to the folder of the file they are written in");
            return false;
        }
        if (scheme == "supplied")
        {
            if (values.Get(Obtain) is not null)
                return true;
            values.Reading.Error(Codes.MissingKey, "Required key `obtain` is missing in a supplied source", url.Span, "Say where the user gets the file");
            return false;
        }
        if (scheme != "git" && values.Get(Sha256) is null)
        {
            values.Reading.Error(Codes.MissingKey, "Required key `sha256` is missing in a source", url.Span, "Add `sha256:`; `sha256sum FILE` computes it");
            return false;
        }
        return true;
    }

    static Sited<string> SeenFrom(string folder, Sited<string> address) =>
        WorkspacePath.FolderOf(address.Span.File) != folder && WorkspaceFile(address) is { } file
            ? new Sited<string>("file:" + WorkspacePath.From(folder, file), address.Span)
            : address;

    static string? WorkspaceFile(Sited<string> address) =>
        SchemeOf(address.Value) == "file" ? WorkspacePath.Resolve(WorkspacePath.FolderOf(address.Span.File), address.Value["file:".Length..]) : null;

    static string SchemeOf(string address) => address.IndexOf(':') is > 0 and var colon ? address[..colon] : "";
}
