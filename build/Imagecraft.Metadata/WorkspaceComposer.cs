// Turns merged documents into a workspace: one for all boards and images, or the one of a board and image. Unaware of texts and layers.

using System.Collections.Immutable;
using Imagecraft.Metadata.Checks;
using Imagecraft.Metadata.Conditions;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Forms.Kinds;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata;

/// <summary>Reads documents by their forms and holds them against each other.</summary>
/// <param name="stack">All documents.</param>
/// <param name="text">The text of a workspace-relative path; null: templates are not judged.</param>
sealed class WorkspaceComposer(LayerStack stack, Func<string, string?>? text)
{
    /// <summary>What was read of a document before, which stays so while its tree does.</summary>
    readonly Dictionary<DocumentId, (YamlMap Root, object? Value, Reading Problems)> known = [];

    /// <summary>Whether a document says different things for different boards or images, or lets them choose.</summary>
    bool isConditional;

    /// <summary>The workspace with everything that any board or image may have. Where parts exclude each other it has the first; the others are judged too.</summary>
    /// <param name="own">What <c>imagecraft.yaml</c> says; null when there is none.</param>
    public WorkspaceReading Compose(WorkspaceFile? own)
    {
        var reading = Begin();
        var references = new References();
        var names = new WorkspaceNames(stack.Merged.Values, stack.Unknown, references);
        var judge = new ConditionCheck(names, reading);
        var trees = new Dictionary<DocumentId, LayerDocument>();
        var variants = new List<LayerDocument>();
        foreach (var document in Documents())
        {
            if (document.HasConditions)
                judge.Check(document);
            var first = true;
            foreach (var variant in document.HasConditions || document.HasVersions ? Variants.Of(document, reading) : [document])
            {
                if (first)
                    trees.Add(document.Id, variant);
                else
                    variants.Add(variant);
                first = false;
            }
            isConditional |= document.HasConditions || document.HasVersions;
        }

        var values = ReadAll([.. trees.Values], reading);
        var further = reading.Fresh();
        foreach (var variant in variants)
        {
            further.Owner = variant.Id;
            Kinds.All[variant.Id.Kind].Read(variant.Root, further);
        }
        reading.AddNew(further);
        if (own is not null)
            KnownDefaults(own, names, reading);
        return Compose(values, names, references, reading, null, null, own);
    }

    /// <summary>The workspace of one board and image.</summary>
    /// <param name="all">What <see cref="Compose()"/> gave.</param>
    /// <param name="board">Name of a board.</param>
    /// <param name="image">Name of an image.</param>
    /// <param name="hostArchitecture">Debian's name of the build host's architecture.</param>
    public WorkspaceReading For(WorkspaceReading all, string board, string image, string hostArchitecture)
    {
        var offered = all.Workspace.Recipes.Values.Any(recipe => !recipe.Options.IsEmpty || !recipe.Provides.IsEmpty || recipe.Packages.Any(package => !package.Provides.IsEmpty));
        if ((!isConditional && !offered) || !all.Workspace.Boards.TryGetValue(board, out var known) || !all.Workspace.Images.ContainsKey(image))
            return all;

        // Features first, because others depend on them; they themselves depend on the board alone.
        var here = new Circumstances(known.Architecture, board, image, [], IsHost: false);
        var features = new ImageFeatures(Read<Feature>(KindNames.Feature, here), Begin());
        var chosen = Read<Image>(KindNames.Image, here).TryGetValue(image, out var bare) ? features.Apply(bare) : all.Workspace.Images[image];
        here = here with { Features = [.. chosen.Features.Select(feature => feature.Value)] };

        var choices = stack.Layers.Aggregate(Choices.None, (sum, layer) => sum.Under(layer.Layer.Choices)).Under(Read<Board>(KindNames.Board, here).GetValueOrDefault(board)?.Choices ?? Choices.None)
            .Under(Read<Image>(KindNames.Image, here).TryGetValue(image, out var whole) ? new ImageFeatures(Read<Feature>(KindNames.Feature, here), Begin()).Apply(whole).Choices : chosen.Choices);
        var reading = Begin();
        var references = new References();
        LayerDocument[] resolved = [.. Documents().Select(document => Resolved(document, here, choices, reading))];
        var names = new WorkspaceNames(stack.Merged.Values.Where(document => !document.IsWhole || document.Id.Kind == KindNames.Layer).Concat(resolved), stack.Unknown, references);
        var values = ReadAll(resolved, reading);
        var host = all.Workspace.Architectures.Values.FirstOrDefault(architecture => architecture.Debian.Value == hostArchitecture);
        var ofHost = host is null ? null : HostRecipes(new Circumstances(host.Name, null, null, here.Features, IsHost: true), choices, names);
        return Compose(values, names, references, reading, choices, ofHost, all.Own);
    }

    IEnumerable<LayerDocument> Documents() => stack.Merged.Values.Where(document => document.IsWhole && document.Id.Kind != KindNames.Layer);

    Reading Begin()
    {
        var reading = stack.Reading.Fresh();
        reading.Add(stack.Reading);
        return reading;
    }

    ImmutableSortedDictionary<string, Recipe> HostRecipes(Circumstances host, Choices choices, WorkspaceNames names)
    {
        var recipes = Read<Recipe>(KindNames.Recipe, host, choices);
        return recipes.ToImmutableSortedDictionary(recipe => recipe.Key, recipe => WithConventions(recipe.Value, names, null), StringComparer.Ordinal);
    }

    static LayerDocument Resolved(LayerDocument document, Circumstances here, Choices choices, Reading reading)
    {
        if (!document.HasConditions && !document.HasVersions)
            return document;
        var root = document.Root;
        if (document.Id.Kind == KindNames.Recipe)
        {
            root = Variants.WithVersion(document, choices.Versions.GetValueOrDefault(document.Id.Name)?.Value, reading);
            here = here with { Options = OptionsOf(root, choices.Options.GetValueOrDefault(document.Id.Name)) };
        }
        return document with { Root = ConditionalTree.Resolve(root, when => Holds(when, here)) };
    }

    // Malformed conditions were told of when everything was read.
    static bool Holds(YamlMap when, Circumstances here) => ConditionForm.Form.TryRead(when, "`when`", new Reading(_ => true), out var condition) && condition.Holds(here);

    static ImmutableHashSet<string> OptionsOf(YamlMap recipe, ImmutableSortedDictionary<string, Sited<bool>>? switched) =>
        recipe["options"] is not YamlMap options ? [] : [.. options.Entries.Where(option => switched is not null && switched.TryGetValue(option.Key.Text, out var on) ? on.Value : option.Value is YamlMap map && map["default"] is YamlScalar { Text: "true" }).Select(option => option.Key.Text)];

    /// <summary>All documents of a kind under some circumstances, without their problems.</summary>
    ImmutableSortedDictionary<string, T> Read<T>(string kind, Circumstances here, Choices? choices = null)
    {
        var reading = Begin();
        var values = ReadAll([.. Documents().Where(document => document.Id.Kind == kind).Select(document => Resolved(document, here, choices ?? Choices.None, reading))], reading);
        return values.ToImmutableSortedDictionary(value => value.Key.Name, value => (T)value.Value, StringComparer.Ordinal);
    }

    WorkspaceReading Compose(Dictionary<DocumentId, object> values, WorkspaceNames names, References references, Reading reading, Choices? choices, ImmutableSortedDictionary<string, Recipe>? ofHost, WorkspaceFile? own)
    {
        foreach (var (from, to, span) in stack.Extensions)
            references.Add(from, to, span);
        var workspace = Assemble(values, [.. stack.Layers.Select(layer => layer.Layer)], reading);
        workspace = workspace with { HostRecipes = ofHost, Recipes = workspace.Recipes.SetItems(workspace.Recipes.Values.Select(recipe => KeyValuePair.Create(recipe.Name.Value, WithConventions(recipe, names, references)))) };
        names.Learn(workspace, references);
        new CrossCheck(workspace, names, references, reading).Run();
        if (text is not null)
            new TemplateCheck(text, reading).Check(workspace);
        var features = new ImageFeatures(workspace.Features, reading);
        workspace = workspace with { Images = workspace.Images.SetItems(workspace.Images.Values.Where(image => !image.Features.IsEmpty).Select(image => KeyValuePair.Create(image.Name.Value, features.Apply(image)))) };
        workspace = new Providers(workspace, choices ?? Choices.None, choices is null ? null : reading).Apply(workspace);
        if (ofHost is not null)
            workspace = workspace with { HostRecipes = new Providers(workspace with { Recipes = ofHost }, choices ?? Choices.None, null).Apply(workspace with { Recipes = ofHost }).Recipes };
        if (workspace.Recipes.Values.Any(recipe => !recipe.Provides.IsEmpty))
            RecipeCycles.Check(workspace.Recipes, reading);
        var installed = new InstalledRecipes(workspace);
        foreach (var image in workspace.Images.Values)
        {
            reading.Owner = new DocumentId(KindNames.Image, image.Name);
            var whole = installed.BringAccounts ? BroughtAccounts.Apply(image, installed.Of(image), problem => reading.Add([problem])) : image;
            AccountCheck.Check(whole, reading);
            ImageContentCheck.Check(whole, reading);
            if (installed.NeedFeatures)
                ImageContentCheck.CheckNeeds(whole, installed, reading);
        }
        NeedSoundLayers(reading, references);
        return new WorkspaceReading(workspace, reading.Sorted(), stack.Merged, names, references, choices is null ? For : null) { Own = own };
    }

    static void KnownDefaults(WorkspaceFile own, WorkspaceNames names, Reading reading)
    {
        reading.Owner = new DocumentId(KindNames.Layer, DocumentId.OwnLayer);
        foreach (var (kind, name) in new[] { (KindNames.Board, own.Board), (KindNames.Image, own.Image) })
            if (name is not null && !names.Of(kind).Contains(name) && names.Suspect(name) is null)
                reading.Error(Codes.UnknownName, $"Unknown {kind} `{name}`, which the workspace builds by default", name.Span, Nearest.Hint(name, names.Of(kind), kind));
    }

    static Recipe WithConventions(Recipe recipe, WorkspaceNames names, References? references)
    {
        ImmutableArray<PackageSpec> conventional = [.. ConventionalPackages.Of(recipe, names.Packages.Contains)];
        foreach (var package in conventional)
        {
            names.ConventionalPackages.Add(package.Name);
            references?.Add(DocumentId.OfPackage(package.Name), new DocumentId(KindNames.Recipe, recipe.Name), package.Name.Span);
        }
        return conventional.IsEmpty ? recipe : recipe with { Packages = recipe.Packages.AddRange(conventional) };
    }

    /// <summary>A layer that is not what it should be may make or change its documents wrongly.</summary>
    void NeedSoundLayers(Reading reading, References references)
    {
        var owners = reading.Problems.Where(problem => problem.IsError).SelectMany(problem => problem.Owners).Where(owner => owner.Kind == KindNames.Layer).ToHashSet();
        for (var index = 0; index < stack.Layers.Count; index++)
            if (owners.Contains(stack.Layers[index].Id))
                foreach (var document in stack.Documents[index])
                    references.Add(document.Target, stack.Layers[index].Id, document.Name.Span);
    }

    Dictionary<DocumentId, object> ReadAll(LayerDocument[] documents, Reading reading)
    {
        var fresh = documents.Where(document => !known.TryGetValue(document.Id, out var before) || !ReferenceEquals(before.Root, document.Root)).ToArray();
        var values = new object?[fresh.Length];
        var readings = new Reading[fresh.Length];
        Spread.Over(fresh.Length, index =>
        {
            readings[index] = reading.Fresh();
            readings[index].Owner = fresh[index].Id;
            values[index] = Kinds.All[fresh[index].Id.Kind].Read(fresh[index].Root, readings[index]);
        });
        for (var index = 0; index < fresh.Length; index++)
            known[fresh[index].Id] = (fresh[index].Root, values[index], readings[index]);
        var read = new Dictionary<DocumentId, object>();
        foreach (var document in documents)
        {
            var (_, value, problems) = known[document.Id];
            reading.Add(problems);
            if (value is not null)
                read.Add(document.Id, value);
        }
        return read;
    }

    static Workspace Assemble(Dictionary<DocumentId, object> values, ImmutableArray<Layer> layers, Reading reading)
    {
        return new Workspace
        {
            Recipes = Of<Recipe>(KindNames.Recipe),
            Boards = Of<Board>(KindNames.Board),
            Images = Of<Image>(KindNames.Image),
            Features = Of<Feature>(KindNames.Feature),
            Models = Of<ModelRecipe>(KindNames.Model),
            Datasets = Of<Dataset>(KindNames.Dataset),
            Accelerators = Of<Accelerator>(KindNames.Accelerator),
            Architectures = Of<Architecture>(KindNames.Architecture),
            Feeds = Of<Feed>(KindNames.Feed),
            ToolRoots = ToolRootInclusion.Resolve(Of<ToolRoot>(KindNames.ToolRoot), reading),
            Layers = layers,
        };

        ImmutableSortedDictionary<string, T> Of<T>(string kind)
        {
            var named = ImmutableSortedDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
            foreach (var (id, value) in values)
                if (id.Kind == kind)
                    named.Add(id.Name, (T)value);
            return named.ToImmutable();
        }
    }
}
