// Checks documents against each other: every name that is used exists, no package is there twice; and learns which needs which. Unaware of YAML.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Forms.Kinds;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

sealed class CrossCheck(Workspace workspace, WorkspaceNames names, References references, Reading reading)
{
    readonly ModelChecks models = new(workspace, reading);

    /// <summary>Runs all checks.</summary>
    public void Run()
    {
        foreach (var recipe in workspace.Recipes.Values)
            Check(recipe);
        foreach (var board in workspace.Boards.Values)
            Check(board);
        foreach (var architecture in workspace.Architectures.Values)
            Check(architecture);
        foreach (var accelerator in workspace.Accelerators.Values)
            Check(accelerator);
        foreach (var image in workspace.Images.Values)
            Check(image);
        foreach (var feature in workspace.Features.Values)
            Check(feature);
        foreach (var model in workspace.Models.Values)
            Check(model);
        foreach (var dataset in workspace.Datasets.Values)
            Check(dataset);
        foreach (var toolRoot in workspace.ToolRoots.Values)
            Check(toolRoot);
        foreach (var feed in workspace.Feeds.Values)
            Check(feed);
        foreach (var layer in workspace.Layers)
            ChoicesCheck.Check(layer.Choices, layer.Id, workspace, names, reading);
        PackageNames.Check(workspace, reading);
        UniqueNames.Check(workspace, reading);
        FitNames.Check(workspace, reading);
        FaultCheck.Check(workspace, reading);
        RecipeCycles.Check(workspace.Recipes, reading);
        CheckNeeds.Check(workspace, names, reading);
    }

    void Check(Recipe recipe)
    {
        reading.Owner = new DocumentId(KindNames.Recipe, recipe.Name);
        foreach (var dependency in recipe.Depends)
        {
            Known(KindNames.Recipe, dependency, "recipe", $"recipe `{recipe.Name}` depends on");
            if (!recipe.Build.PerBoard && workspace.Recipes.TryGetValue(dependency, out var other) && other.Build.PerBoard)
                reading.Error(Codes.Contradiction, $"Recipe `{recipe.Name}` is shared by boards, but depends on `{dependency}`, which is built per board", dependency.Span, "Add `per-board: true` to its `build`");
        }

        Known(KindNames.ToolRoot, recipe.Build.ToolRoot, "tool root", $"recipe `{recipe.Name}` is built in");
        foreach (var tools in recipe.Build.Tools)
        {
            Known(tools.IsRecipe ? KindNames.Recipe : KindNames.ToolRoot, tools.Name, tools.IsRecipe ? "recipe" : "tool root", $"recipe `{recipe.Name}` is built with");
            if (tools.IsRecipe && workspace.Recipes.TryGetValue(tools.Name, out var tool) && HostRecipes.WhyNot(tool) is { } why)
                reading.Error(Codes.Contradiction, $"Recipe `{tools.Name}`, which `{recipe.Name}` is built with, cannot be built for the build host: it {why}", tools.Name.Span, "Name a recipe of a program, or a tool root");
        }

        if (recipe.Build is BuildSpec.KernelTool ofKernel)
            KnownKernel(ofKernel.KernelRecipe, $"recipe `{recipe.Name}` takes its sources from");
        foreach (var implied in workspace.Architectures.Values.Select(architecture => recipe.Build switch { BuildSpec.Cargo => architecture.Rust?.ToolRoot, BuildSpec.Go => architecture.Go?.ToolRoot, _ => null }).OfType<Sited<string>>())
            references.Add(reading.Owner, new DocumentId(KindNames.ToolRoot, implied), implied.Span);
        if (recipe.Build is BuildSpec.Python or BuildSpec.Node)
            references.Add(reading.Owner, new DocumentId(KindNames.ToolRoot, recipe.Build is BuildSpec.Python ? BuildSpec.Python.LanguageTools : BuildSpec.Node.LanguageTools), recipe.Build.System.Span);
        if (recipe.Build is BuildSpec.Prebuilt prebuilt)
        {
            Known(KindNames.Feed, prebuilt.Feed, "feed", $"recipe `{recipe.Name}` takes packages from");
            foreach (var architecture in prebuilt.Architectures)
            {
                Known(KindNames.Architecture, architecture, "architecture", $"recipe `{recipe.Name}` has packages for", isNeeded: false);
                if (workspace.Feeds.TryGetValue(prebuilt.Feed, out var feed) && !feed.Architectures.IsEmpty && !feed.Architectures.Any(has => has.Value == architecture.Value))
                    reading.Error(Codes.Contradiction, $"Recipe `{recipe.Name}` has packages for `{architecture}`, but feed `{feed.Name}` has none", architecture.Span, $"The feed has [{string.Join(", ", feed.Architectures)}], at {feed.Architectures[0].Span}");
            }
            KnownFeeds(prebuilt.FeedPackages, $"recipe `{recipe.Name}`");
        }

        foreach (var package in recipe.Packages)
            foreach (var required in package.Requires)
                KnownPackage(required, $"package `{package.Name}` requires");
        foreach (var package in recipe.Packages)
            Known(KindNames.Feature, package.NeedsFeature, "feature", $"package `{package.Name}` needs", isNeeded: false);
    }

    void Check(Board board)
    {
        ChoicesCheck.Check(board.Choices, new DocumentId(KindNames.Board, board.Name), workspace, names, reading);
        Known(KindNames.Architecture, board.Architecture, "architecture", $"board `{board.Name}` has");
        KnownKernel(board.Kernel, $"board `{board.Name}` boots");
        foreach (var accelerator in board.Accelerators)
            Known(KindNames.Accelerator, accelerator, "accelerator", $"board `{board.Name}` has");
        foreach (var package in board.Packages)
            KnownPackage(package, $"board `{board.Name}` needs");
        LintCheck.Check(board, reading);
        if (workspace.Architectures.TryGetValue(board.Architecture, out var architecture))
        {
            KernelImageCheck.Check(board, architecture, reading);
            BoardFileNames.CheckKernel(board, board.KernelImageOf(architecture), reading);
        }

        foreach (var absent in board.Qemu?.Without ?? [])
            if (!board.Accelerators.Any(accelerator => accelerator.Value == absent.Value))
                reading.Error(Codes.UnknownName, $"Board `{board.Name}` has no accelerator `{absent.Value}`, which its QEMU machine is without", absent.Span, Nearest.Hint(absent.Value, board.Accelerators.Select(accelerator => accelerator.Value), "accelerator"));
        Known(KindNames.Image, board.DefaultImage, "image", $"board `{board.Name}` has as its default", isNeeded: false);
        foreach (var source in board.Partitions.SelectMany(p => p.Files.Select(f => f.Source).Append(p.Raw)).Concat(board.Blobs.Select(b => b.Source)).Concat(board.Artifacts.Select(a => a.Source)).Concat(BootFiles(board)))
            if (source is not null)
                KnownPackage(source.Package, $"board `{board.Name}` takes `{source.File}` from");
        foreach (var package in board.DiskPackages)
            KnownPackage(package, $"board `{board.Name}` lets partitions grow and mounts them by");
        models.Check(board);
        ConsoleCheck.Check(board, workspace, reading);
        foreach (var image in board.Images)
            Known(KindNames.Image, image, "image", $"board `{board.Name}` is tested with", isNeeded: false);
        foreach (var (recipe, dependencies) in board.BuildDepends)
        {
            Known(KindNames.Recipe, dependencies[0] with { Value = recipe }, "recipe", $"board `{board.Name}` builds with further ones", isNeeded: false);
            if (workspace.Recipes.TryGetValue(recipe, out var built) && !built.Build.PerBoard)
                reading.Error(Codes.Contradiction, $"Recipe `{recipe}` is shared by boards, so board `{board.Name}` cannot give it dependencies of its own", dependencies[0].Span, $"Add `per-board: true` to its `build`, or the dependencies to its `depends`, at {built.Name.Span}");
            foreach (var dependency in dependencies)
                Known(KindNames.Recipe, dependency, "recipe", $"board `{board.Name}` builds `{recipe}` with");
        }

        foreach (var (recipe, fragments) in board.BuildFragments)
        {
            Known(KindNames.Recipe, fragments[0] with { Value = recipe }, "recipe", $"board `{board.Name}` configures with fragments of its own", isNeeded: false);
            if (workspace.Recipes.TryGetValue(recipe, out var configured) && configured.Build is not BuildSpec.Kconfig { PerBoard: true })
                reading.Error(Codes.Contradiction, $"Recipe `{recipe}` is no kconfig program that is built per board, so board `{board.Name}` cannot give it fragments", fragments[0].Span, configured.Build is BuildSpec.Kernel ? "A kernel's fragments stand in `kernel-fragments:`" : $"See its `build` at {configured.Name.Span}");
        }
    }

    static IEnumerable<PackageFile?> BootFiles(Board board) =>
        board.BootChain is { } chain ? chain.Stages.SelectMany(stage => stage.Carries).Append(chain.Configuration) : [];

    void Check(Architecture architecture)
    {
        reading.Owner = new DocumentId(KindNames.Architecture, architecture.Name);
        Known(KindNames.ToolRoot, architecture.ToolRoot, "tool root", $"architecture `{architecture.Name}` is built in");
        Known(KindNames.ToolRoot, architecture.Sysroot, "tool root", $"architecture `{architecture.Name}` is compiled against");
        Known(KindNames.ToolRoot, architecture.NativeCompiler, "tool root", $"architecture `{architecture.Name}` is compiled with on hosts like it");
        Known(KindNames.ToolRoot, architecture.Rust?.ToolRoot, "tool root", $"architecture `{architecture.Name}` compiles Rust in", isNeeded: false);
        Known(KindNames.ToolRoot, architecture.Go?.ToolRoot, "tool root", $"architecture `{architecture.Name}` compiles Go in", isNeeded: false);
        if (architecture.Counting is { } counting)
            Known(KindNames.ToolRoot, counting.ToolRoot, "tool root", $"architecture `{architecture.Name}` counts instructions in", isNeeded: false);
    }

    void Check(Accelerator accelerator)
    {
        reading.Owner = new DocumentId(KindNames.Accelerator, accelerator.Name);
        foreach (var package in accelerator.Packages)
            KnownPackage(package, $"accelerator `{accelerator.Name}` needs");
        if (accelerator.Provider is { } provider)
            KnownPackage(provider, $"accelerator `{accelerator.Name}` runs networks by");
    }

    void Check(Image image)
    {
        ChoicesCheck.Check(image.Choices, new DocumentId(KindNames.Image, image.Name), workspace, names, reading);
        foreach (var package in image.Packages)
            KnownPackage(package, $"image `{image.Name}` installs");
        foreach (var entry in image.Models)
        {
            Known(KindNames.Model, entry.Model, "model", $"image `{image.Name}` deploys");
            Known(KindNames.Accelerator, entry.Accelerator, "accelerator", $"image `{image.Name}` deploys `{entry.Model}` for", isNeeded: false);
        }

        models.Check(image);
        foreach (var feature in image.Features)
            Known(KindNames.Feature, feature, "feature", $"image `{image.Name}` has");
        foreach (var container in image.Containers)
            KnownContainer(container, $"image `{image.Name}` carries");
    }

    void Check(Feature feature)
    {
        ChoicesCheck.Check(feature.Choices, new DocumentId(KindNames.Feature, feature.Name), workspace, names, reading);
        foreach (var package in feature.Packages)
            KnownPackage(package, $"feature `{feature.Name}` installs");
        foreach (var required in feature.Requires)
            Known(KindNames.Feature, required, "feature", $"feature `{feature.Name}` requires");
        foreach (var conflict in feature.Conflicts)
            Known(KindNames.Feature, conflict, "feature", $"feature `{feature.Name}` conflicts with", isNeeded: false);
        foreach (var container in feature.Containers)
            KnownContainer(container, $"feature `{feature.Name}` carries");
    }

    void KnownContainer(Sited<string> name, string why)
    {
        Known(KindNames.Image, name, "image", why);
        if (workspace.Images.TryGetValue(name.Value, out var image) && image.Init?.Value != "none")
            reading.Error(Codes.Contradiction, $"Image `{name.Value}`, which {why}, is no container", name.Span, $"Write `init: none` into it at {image.Name.Span}, or name another");
    }

    /// <summary>Checks one model, which may be none of the workspace's.</summary>
    public void Check(ModelRecipe model)
    {
        reading.Owner = new DocumentId(KindNames.Model, model.Name);
        if (model.Quantize?.Calibration is { } calibration)
            Known(KindNames.Dataset, calibration.Dataset, "dataset", $"model `{model.Name}` is calibrated with");
        if (model.Quantize?.Search is { } search)
            Known(KindNames.Dataset, search.Dataset, "dataset", $"layers of model `{model.Name}` are searched with");
        if (model.Evaluate is { } evaluate)
            Known(KindNames.Dataset, evaluate.Dataset, "dataset", $"model `{model.Name}` is judged with");
        foreach (var budget in model.Budgets)
        {
            Known(KindNames.Accelerator, budget.Accelerator, "accelerator", $"model `{model.Name}` has a budget for");
            if (workspace.Accelerators.TryGetValue(budget.Accelerator, out var accelerator) && accelerator.Profile is null)
                reading.Error(Codes.Contradiction, $"Model `{model.Name}` has a budget for `{budget.Accelerator}`, which does not say what it takes", budget.Accelerator.Span, $"Add `profile:` to the accelerator at {accelerator.Name.Span}");
        }

        if (model.Golden is { } golden)
            Known(KindNames.Dataset, golden.Dataset, "dataset", $"model `{model.Name}` takes golden inputs from");
        models.Check(model);
    }

    void Check(Dataset dataset)
    {
        reading.Owner = new DocumentId(KindNames.Dataset, dataset.Name);
        if (dataset.Content is DatasetContent.Idx idx)
            Known(KindNames.Feed, idx.Feed, "feed", $"dataset `{dataset.Name}` is taken from");
        if (dataset.Content is DatasetContent.Text text)
            Known(KindNames.ToolRoot, text.ToolRoot, "tool root", $"dataset `{dataset.Name}` is drawn in");
    }

    void Check(ToolRoot toolRoot)
    {
        reading.Owner = new DocumentId(KindNames.ToolRoot, toolRoot.Name);
        Known(KindNames.Feed, toolRoot.Feed, "feed", $"tool root `{toolRoot.Name}` takes packages from");
        foreach (var included in toolRoot.Includes)
            Known(KindNames.ToolRoot, included, "tool root", $"tool root `{toolRoot.Name}` includes");
        KnownFeeds(toolRoot.Packages, $"tool root `{toolRoot.Name}`");
    }

    void KnownFeeds(ImmutableArray<Sited<string>> packages, string who)
    {
        foreach (var package in packages)
            if (package.Value.IndexOf('/') is >= 0 and var slash)
                Known(KindNames.Feed, new Sited<string>(package.Value[(slash + 1)..], package.Span), "feed", $"{who} takes `{package.Value[..slash]}` from");
    }

    void Check(Feed feed)
    {
        reading.Owner = new DocumentId(KindNames.Feed, feed.Name);
        Known(KindNames.Feed, feed.Base, "feed", $"feed `{feed.Name}` is based on");
        foreach (var architecture in feed.Architectures)
            Known(KindNames.Architecture, architecture, "architecture", $"feed `{feed.Name}` has packages for", isNeeded: false);
        Known(KindNames.Feed, feed.Updates, "feed", $"feed `{feed.Name}` updates");
        if (feed.Updates is { } updated && (feed.Base is not null || updated.Value == feed.Name.Value || (workspace.Feeds.TryGetValue(updated.Value, out var other) && other.Updates is not null)))
            reading.Error(Codes.Contradiction, $"Feed `{feed.Name}` updates `{updated.Value}`, so it stands for itself: it has no `base`, and what it updates is no feed of updates", updated.Span, "Let it update a feed that has packages of its own");
        var chain = new List<string> { feed.Name.Value };
        for (var below = feed; below.Base is { } name && workspace.Feeds.TryGetValue(name.Value, out below);)
        {
            chain.Add(name.Value);
            if (name.Value == feed.Name.Value)
                reading.Error(Codes.Cycle, $"Feeds are based on each other in a cycle: {string.Join(" -> ", chain.Select(step => $"`{step}`"))}", feed.Base!.Span, "Remove one `base`");
            if (chain.IndexOf(name.Value) < chain.Count - 1)
                return;
        }
    }

    /// <param name="kind">What it must be.</param>
    /// <param name="name">Its name.</param>
    /// <param name="noun">The kind for people.</param>
    /// <param name="why">Who uses it, for people.</param>
    /// <param name="isNeeded">Whether the user can do nothing without it.</param>
    void Known(string kind, Sited<string>? name, string noun, string why, bool isNeeded = true)
    {
        if (name is not { } used)
            return;
        var isKnown = names.Has(kind, used.Value);
        if ((isKnown ? new DocumentId(kind, used.Value) : names.Suspect(used.Value)) is not { } needed)
            reading.Error(Codes.UnknownName, $"Unknown {noun} `{used.Value}`, which {why}", used.Span, Nearest.Hint(used.Value, names.Of(kind), noun));
        else if (isNeeded)
            references.Add(reading.Owner, needed, used.Span);
    }

    void KnownKernel(Sited<string> name, string why)
    {
        Known(KindNames.Recipe, name, "recipe", why);
        if (workspace.Recipes.TryGetValue(name.Value, out var recipe) && recipe.Build is not BuildSpec.Kernel)
        {
            var kernels = workspace.Recipes.Values.Where(other => other.Build is BuildSpec.Kernel).Select(other => other.Name.Value);
            reading.Error(Codes.UnknownName, $"Recipe `{name.Value}`, which {why}, is no kernel: its build system is `{recipe.Build.System}`", name.Span, Nearest.Hint(name.Value, kernels, "recipe of system `kernel`"));
        }
    }

    void KnownPackage(Sited<string> name, string why)
    {
        if (names.HasPackage(name.Value))
            references.Add(reading.Owner, DocumentId.OfPackage(name.Value), name.Span);
        else if (names.Suspect(name.Value) is { } suspect)
            references.Add(reading.Owner, suspect, name.Span);
        // It may be one of those that stand behind the mistake.
        else if (names.HalfRead.Count > 0)
            foreach (var recipe in names.HalfRead)
                references.Add(reading.Owner, recipe, name.Span);
        else
            reading.Error(Codes.UnknownName, $"Unknown package `{name.Value}`, which {why}", name.Span, Nearest.Hint(name.Value, names.Packages, "package"));
    }
}
