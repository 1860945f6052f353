// Files that are the beginning of something, and how they come into a workspace. Unaware of what they begin.

using System.Collections.Immutable;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Files;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Authoring.Scaffolds;

/// <summary>A file to be written.</summary>
/// <param name="Path">Relative to the layer that it goes to.</param>
/// <param name="Text">Its content.</param>
public sealed record ScaffoldFile(string Path, string Text);

/// <summary>A layer of the workspace, or the workspace itself, that gets files.</summary>
/// <param name="session">The call.</param>
/// <param name="layer">Name of the folder below <c>layers/</c>; null: the workspace itself.</param>
public sealed class ScaffoldPlace(Session session, string? layer)
{
    private readonly WorkspaceReading _reading = Composition.Load(session);

    /// <summary>Absolute path of the layer.</summary>
    public string Root { get; } = RootOf(session, layer);

    /// <summary>The first line of a document, by which editors find what it may say.</summary>
    /// <param name="path">Where the document goes, relative to the layer.</param>
    /// <param name="kind">A document kind, as schemas are named.</param>
    public string SchemaLine(string path, string kind) =>
        $"# yaml-language-server: $schema={Path.GetRelativePath(Path.GetDirectoryName(Path.Combine(Root, path))!, Path.Combine(session.WorkspaceRoot, WorkspaceLayers.Prepare(session).Schemas, $"{kind}.schema.json"))}\n";

    /// <summary>Refuses a name that documents cannot have, or that one of the kind has already.</summary>
    /// <exception cref="ProblemException">It cannot be taken.</exception>
    public void RefuseName(string kind, string name)
    {
        if (!DocumentId.IsName(name))
            throw ProblemException.User($"`{name}` is no name", "Names have lowercase letters, digits and `+._-`, and begin with a letter or digit");
        if (_reading.NamesOf(kind).Contains(name))
            throw ProblemException.User($"`{name}` is the name of {(kind is "image" or "accelerator" or "architecture" ? "an" : "a")} {kind} already", _reading.PlaceOf(new(kind, name)) is { } place ? $"It is written in `{place.File}`; give another name, or change it by an append" : "Give another name");
    }

    /// <summary>Refuses a name that no document of the kind has.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public void RequireName(string kind, string name)
    {
        if (!_reading.NamesOf(kind).Contains(name))
            throw ProblemException.Unknown(kind, name, _reading.NamesOf(kind));
    }

    /// <summary>Writes the files, and says so; nothing that is there is written over.</summary>
    /// <exception cref="ProblemException">One of them is there.</exception>
    public void Write(params ImmutableArray<ScaffoldFile> files)
    {
        if (files.FirstOrDefault(file => Path.Exists(Path.Combine(Root, file.Path))) is { } present)
            throw ProblemException.User($"`{Shown(present.Path)}` is there already", "Give another name, or move it away");
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, file.Path))!);
            AtomicFile.Write(Path.Combine(Root, file.Path), file.Text);
            session.Console.Out.WriteLine(Shown(file.Path));
        }
    }

    private string Shown(string path) => Path.GetRelativePath(session.WorkspaceRoot, Path.Combine(Root, path));

    private static string RootOf(Session session, string? layer)
    {
        if (layer is null)
            return session.WorkspaceRoot;
        var root = Path.Combine(session.WorkspaceRoot, "layers", layer);
        return File.Exists(Path.Combine(root, "layer.yaml")) ? root : throw ProblemException.User($"`layers/{layer}` is no layer", $"`./build.sh new layer {layer}` makes one");
    }
}
