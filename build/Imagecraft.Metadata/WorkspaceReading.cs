// What reading a workspace gave: the merged records, all problems and whose they are, and where each field was set. Unaware of how it was read.

using System.Collections.Immutable;
using Imagecraft.Metadata.Checks;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata;

/// <summary>A field's final value and the place that set it.</summary>
/// <param name="Path">Keys and list indexes, e.g. <c>build.fragments[1]</c>.</param>
/// <param name="Value">As it was written.</param>
/// <param name="Span">Where it was written.</param>
public sealed record FieldOrigin(string Path, string Value, SourceSpan Span);

/// <summary>The result of <see cref="WorkspaceReader.Read"/>. A mistake in one document is no hindrance for those that do not need it: <see cref="Reach(IEnumerable{DocumentId})"/> tells which do.</summary>
public sealed class WorkspaceReading
{
    readonly ImmutableArray<Problem> problems;
    readonly IReadOnlyDictionary<DocumentId, LayerDocument> documents;
    readonly References references;
    readonly Lazy<HashSet<DocumentId>> unsound;
    readonly Func<WorkspaceReading, string, string, string, WorkspaceReading>? specialize;
    readonly Dictionary<(string Board, string Image, string Host), WorkspaceReading> specialized = [];

    internal WorkspaceReading(
        Workspace workspace,
        ImmutableArray<Problem> problems,
        IReadOnlyDictionary<DocumentId, LayerDocument> documents,
        WorkspaceNames names,
        References references,
        Func<WorkspaceReading, string, string, string, WorkspaceReading>? specialize)
    {
        this.specialize = specialize;
        Workspace = workspace;
        Names = names;
        this.problems = problems;
        this.documents = documents;
        this.references = references;
        unsound = new(() => references.LeadingTo(problems.Where(problem => problem.IsError).SelectMany(problem => problem.Owners)));
    }

    /// <summary>The merged documents, from which the workspace was read.</summary>
    internal IReadOnlyDictionary<DocumentId, LayerDocument> Documents => documents;

    /// <summary>What <c>imagecraft.yaml</c> says; null when there is none.</summary>
    public WorkspaceFile? Own { get; init; }

    /// <summary>Which names exist.</summary>
    internal WorkspaceNames Names { get; }

    /// <summary>Everything the layers say together, for all boards and images: of parts that exclude each other by conditions, the first. Documents that could not be read are missing, and others may need them: look at <see cref="Reach(IEnumerable{DocumentId})"/> before anything of it is used.</summary>
    public Workspace Workspace { get; }

    /// <summary>What the layers say for one board and image: conditions decided, options switched, versions and providers chosen. Itself where nothing depends on them.</summary>
    /// <param name="board">Name of a board.</param>
    /// <param name="image">Name of an image.</param>
    /// <param name="hostArchitecture">Debian's name of the build host's architecture.</param>
    public WorkspaceReading For(string board, string image, string hostArchitecture)
    {
        if (specialize is null)
            return this;
        if (!specialized.TryGetValue((board, image, hostArchitecture), out var reading))
            specialized.Add((board, image, hostArchitecture), reading = specialize(this, board, image, hostArchitecture));
        return reading;
    }

    /// <summary>All problems, in order of file and line.</summary>
    public ImmutableArray<Diagnostic> Diagnostics => [.. problems.Select(problem => problem.Diagnostic)];

    /// <summary>What <paramref name="roots"/> need, directly or through what they name, and which problems that makes.</summary>
    public Reach Reach(params IEnumerable<DocumentId> roots) => Metadata.Reach.Of(roots, problems, references);

    /// <summary>Whether neither a document nor anything that it needs has an error.</summary>
    public bool IsSound(DocumentId document) => problems.IsEmpty || !unsound.Value.Contains(document);

    /// <summary>Whether something describes a document of that kind and name, be it ever so wrongly: a file of that name whose document cannot be told counts too.</summary>
    public bool IsDescribed(DocumentId document) => Names.Of(document.Kind).Contains(document.Name) || Names.Suspect(document.Name) is not null;

    /// <summary>What describes a name; itself as a rule, or a file whose document cannot be told.</summary>
    public DocumentId Described(DocumentId document) => Names.Of(document.Kind).Contains(document.Name) ? document : Names.Suspect(document.Name) ?? document;

    /// <summary>The names of all documents of a kind, those that could not be read too.</summary>
    public IReadOnlyCollection<string> NamesOf(string kind) => Names.Of(kind);

    /// <summary>How many documents there are after merging, wrong ones too.</summary>
    public int DocumentCount => documents.Count;

    /// <summary>Where a document begins; null when there is none of that kind and name.</summary>
    public SourceSpan? PlaceOf(DocumentId document) => documents.TryGetValue(document, out var found) ? found.Name.Span : null;

    /// <summary>Every field of a merged document with the place that set it, in the order of the document; empty when there is none of that name.</summary>
    /// <param name="kind">One of <see cref="KindNames"/>.</param>
    /// <param name="name">The document's name.</param>
    public ImmutableArray<FieldOrigin> Origins(string kind, string name)
    {
        var origins = ImmutableArray.CreateBuilder<FieldOrigin>();
        if (documents.TryGetValue(new DocumentId(kind, name), out var document))
            Collect("", document.Root, origins);
        if (kind == KindNames.Layer && Workspace.Layers.FirstOrDefault(layer => layer.Name.Value == name)?.Place is { } place)
            origins.AddRange(PlaceFields(place).Select(field => new FieldOrigin(field.Key, field.Value, field.Value.Span)));
        return origins.DrainToImmutable();
    }

    /// <summary>Where a layer comes from, in the words of <c>imagecraft.yaml</c>.</summary>
    static IEnumerable<(string Key, Sited<string> Value)> PlaceFields(LayerPlace place) =>
    [
        .. place switch
        {
            LayerPlace.Archive archive => [("archive", archive.Address), ("sha256", archive.Sha256)],
            LayerPlace.Commit commit => [("git", commit.Address), ("commit", commit.Id)],
            _ => Array.Empty<(string, Sited<string>)>(),
        },
        .. place.Path.Value.Length > 0 ? [("folder", place.Path)] : Array.Empty<(string, Sited<string>)>(),
    ];

    static void Collect(string path, YamlNode node, ImmutableArray<FieldOrigin>.Builder origins)
    {
        switch (node)
        {
            case YamlMap { Entries.IsEmpty: false } map:
                foreach (var (key, value) in map.Entries)
                    Collect(path.Length == 0 ? key.Text : $"{path}.{key.Text}", value, origins);
                break;
            case YamlList { Items.IsEmpty: false } list:
                for (var index = 0; index < list.Items.Length; index++)
                    Collect($"{path}[{index}]", list.Items[index], origins);
                break;
            default:
                origins.Add(new FieldOrigin(path, node switch { YamlScalar scalar => scalar.Text, YamlList => "[]", _ => "{}" }, node.Span));
                break;
        }
    }
}
