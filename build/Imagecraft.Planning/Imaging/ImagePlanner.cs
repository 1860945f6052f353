// An image for a board: packages, models, root file system, file system image, disk, manifest, checksums.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Feeds;
using Imagecraft.Images.Manifests;
using Imagecraft.Images.RootFs;
using Imagecraft.Metadata.Checks;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Checks;
using Imagecraft.Planning.Imaging.Booting;
using Imagecraft.Planning.Imaging.Formats;
using Imagecraft.Planning.Models;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning.Systems;
using Imagecraft.Requests.Imaging;
using Imagecraft.Requests.Models;

namespace Imagecraft.Planning.Imaging;

/// <summary>Plans the artifacts of one image.</summary>
public sealed class ImagePlanner(PlanContext context, ToolRoots toolRoots, RecipePlanner recipes, ModelPlanner models, BoardTarget target)
{
    private const string ImageToolRoot = "image";
    private const string Container = "none";

    // Where the index of modules finds what the kernel exports.
    private const string KernelSymbols = "/imagecraft/symbols";

    /// <summary>The artifacts by file name in <c>out/BOARD/IMAGE/</c>.</summary>
    public ImmutableSortedDictionary<string, OutputRef> Plan()
    {
        if (target.Image.Init?.Value == Container)
        {
            var alone = new Artifacts(new FormatJob(context, toolRoots, target, RootFs(out var inside)), PackageTree);
            alone.ChooseContainer();
            alone.Add(HardeningCheck.Artifact, HardeningCheck.Plan(context, target, inside.Trees));
            alone.Add(FileListJson.Artifact, FileListOf(target));
            alone.Add("manifest.json", Manifest(inside, alone.All));
            alone.Add("SHA256SUMS", Checksums(alone.All));
            return alone.All;
        }

        var kernel = recipes.Plan(target.Board.Kernel, target.Board.Kernel.Span);
        if (kernel is null || !kernel.Extra.TryGetValue("image", out var kernelImage))
            return ImmutableSortedDictionary<string, OutputRef>.Empty;
        var artifacts = new Artifacts(new FormatJob(context, toolRoots, target, RootFs(out var contents)), PackageTree);
        artifacts.Add(target.Board.KernelImageOf(target.Target.Architecture), kernelImage);
        artifacts.Add("kernel.config", kernel.Extra["config"]);
        artifacts.Add("kernel.requested", kernel.Extra[KernelSystem.Requested]);
        foreach (var (name, output) in BoardFiles.Plan(context, toolRoots.Plan(ImageToolRoot, target.Board.Name.Span), target.Board, kernel, PackageTree))
            artifacts.Add(name, output);
        artifacts.Choose();
        if (target.Board.BootChain is { } chain && artifacts.All.TryGetValue(DiskFormat.Artifact, out var disk))
            artifacts.Add(BootChainCheck.Artifact, BootChainCheck.Plan(context, target, chain, disk, PackageTree));
        if (ModuleCheck.Plan(context, target, kernel, [.. contents.Trees.Select(t => (t.Chosen.Package.Name.Value, t.Tree))]) is { } modules)
            artifacts.Add(ModuleCheck.Artifact, modules);
        artifacts.Add(HardeningCheck.Artifact, HardeningCheck.Plan(context, target, contents.Trees));
        artifacts.Add(FileListJson.Artifact, FileListOf(target));
        RootCheck.Run(context, target.Board, target.Image);
        DiskRoom.Check(context, target.Board, target.Image);
        KnownFiles(artifacts.All);
        artifacts.Add("manifest.json", Manifest(contents, artifacts.All));
        artifacts.Add("SHA256SUMS", Checksums(artifacts.All));
        return artifacts.All;
    }

    /// <summary>Merges packages, models, containers and what the image says to its root file system.</summary>
    private OutputRef RootFs(out Contents contents)
    {
        var (board, image) = (target.Board, target.Image);
        var chosen = PackageClosure.Of(context, board, image);
        var trees = chosen.Select(c => (Chosen: c, Tree: recipes.Plan(c.Recipe.Name, c.Package.Name.Span)?.Packages[c.Package.Name])).Where(c => c.Tree is not null).ToImmutableArray();
        var networks = Deployment.Of(context.Workspace, image, models.Inference).Select(models.Plan).ToImmutableArray();
        ImmutableArray<InputEdge> content =
        [
            .. trees.Select(t => t.Tree!.At(MakeRootFsRequest.PackageInputs.At(t.Chosen.Package.Name), t.Chosen.Reason)),
            .. networks.Select(m => m.Tree!.At(MakeRootFsRequest.PackageInputs.At($"model-{m.Deployment.Folder}"), $"the image {image.Name} has the model {m.Deployment.Folder}")),
            .. image.Containers.Where(c => context.Workspace.Images.ContainsKey(c)).Select(c => ContainerOf(c).At(MakeRootFsRequest.ContainerInputs.At(c), $"the image {image.Name} carries the container {c}")),
        ];
        var fits = FitCheck.Run(context, board, image, chosen, networks.Select(n => n.Deployment));
        contents = new([.. trees.Select(t => Describe(t.Chosen))], networks, [.. trees.Select(t => (t.Chosen, t.Tree!))], fits);
        return RootFs(RootFsPlan.Of(context, target, chosen, [.. trees.Select(t => t.Chosen.Package)]), content, ModuleIndex(trees, board));
    }

    /// <summary>The action that assembles the root file system of an image; its outputs are those of <see cref="MakeRootFsRequest"/>.</summary>
    public static ActionId RootFsOf(string image, string board) => new($"{image}@{board}:rootfs");

    private static OutputRef FileListOf(BoardTarget target) => new(RootFsOf(target.Image.Name, target.Board.Name), MakeRootFsRequest.FilesOutput.Name);

    private ActionId Id(string step) => new($"{target.Image.Name}@{target.Board.Name}:{step}");

    private OutputRef ContainerOf(string name)
    {
        var inner = target with { Image = context.Workspace.Images[name] };
        return OciFormat.Plan(new FormatJob(context, toolRoots, inner, new ImagePlanner(context, toolRoots, recipes, models, inner).RootFs(out _)));
    }

    /// <summary>The tree of any package, whether the image installs it or not.</summary>
    private OutputRef? PackageTree(Sited<string> package)
    {
        var owner = context.Workspace.Recipes.Values.FirstOrDefault(r => (r.Build is not BuildSpec.Kernel || r.Name.Value == target.Board.Kernel.Value) && r.Packages.Any(p => p.Name.Value == package.Value));
        if (owner is not null)
            return recipes.Plan(owner.Name, package.Span)?.Packages[package];
        context.Error("IC0360", $"No recipe has a package named `{package}`", package.Span, null);
        return null;
    }

    private ManifestPackage Describe(ChosenPackage chosen)
    {
        var recipe = chosen.Recipe;
        var pinned = recipe.Build is BuildSpec.Prebuilt && context.Lock.FindSet(LockSets.OfRecipe(recipe.Name), target.Target.Architecture.Debian)?.Packages is { } set ? set : [];
        return new(chosen.Package.Name, recipe.Version, recipe.License, recipe.Name,
        [
            .. context.Options.Edited.ContainsKey(recipe.Name) ? [new ManifestSource($"edited:{recipe.Name}", "")] : recipe.Sources.Select(s => Source(s, recipe.Folder)),
            .. pinned.Select(p => new ManifestSource($"debian:{p.Name}={p.Version}", p.Sha256)),
        ])
        {
            Reason = chosen.Reason,
            RequiredBy = chosen.RequiredBy,
            Requires = [.. chosen.Package.Requires.Select(r => r.Value)],
        };
    }

    private ManifestSource Source(SourceSpec source, string folder) => new(Addresses.Shown(source.Url), LocalSources.Sha256Of(context, source, folder) ?? "");

    private IEnumerable<Accelerator> Accelerators() => CheckPlanner.Accelerators(context.Workspace, target.Board);

    private OutputRef? ModuleIndex(ImmutableArray<(ChosenPackage Chosen, OutputRef? Tree)> trees, Board board)
    {
        var withModules = trees.Where(t => t.Chosen.Recipe.Build is BuildSpec.Kernel or BuildSpec.KernelModule).ToImmutableArray();
        if (withModules.IsEmpty || recipes.Plan(board.Kernel, board.Kernel.Span)?.Extra.GetValueOrDefault("symbols") is not { } symbols)
            return null;
        return context.Add(new ActionNode
        {
            Id = Id("module-index"),
            Work = new ActionWork.Process { Arguments = ["/bin/bash", "/imagecraft/module-index", KernelSymbols] },
            Inputs =
            [
                toolRoots.Plan(ImageToolRoot, board.Name.Span).At("/", "tools"),
                new("/imagecraft/module-index", new InputSource.Inline(EmbeddedText.Read("module-index"), Executable: true), "the script that indexes modules"),
                symbols.At(KernelSymbols, $"symbols of {board.Kernel}"),
                .. withModules.Select(t => t.Tree!.At("/root", $"modules of {t.Chosen.Recipe.Name}")),
            ],
            Outputs = [new("tree", "/out/index", OutputKind.Tree)],
            Description = "Index the kernel modules",
        });
    }

    private OutputRef RootFs(MakeRootFsRequest request, ImmutableArray<InputEdge> content, OutputRef? moduleIndex)
    {
        var templates = target.Image.Files.Where(f => f.Template is not null).DistinctBy(f => f.Template!.Value).Select(f => context.Local(f.Template!.Value, MakeRootFsRequest.TemplateInputs.At(f.Template.Value).Path, $"template of {f.Path}"));
        var sources = target.Image.Files.Select(f => f.Source).OfType<Sited<string>>().DistinctBy(s => s.Value).Select(s => context.Local(s, MakeRootFsRequest.SourceInputs.At(s).Path, $"a file of the image {target.Image.Name}"));
        var overlays = target.Image.Overlays.Select(o => context.Local(o, MakeRootFsRequest.OverlayInputs.At(o).Path, $"lies over the packages of {target.Image.Name}"));
        return context.Call(RootFsOf(target.Image.Name, target.Board.Name), request, "what image and board say", $"Assemble the root file system of {target.Image.Name}",
            [
                .. content,
                .. moduleIndex is null ? [] : ImmutableArray.Create(moduleIndex.At(MakeRootFsRequest.PackageInputs.At("module-index"), "modprobe needs the modules' dependencies")),
                .. templates,
                .. sources,
                .. overlays,
            ],
            memory: 512L << 20);
    }

    // QEMU's arguments name files that are exported.
    private void KnownFiles(ImmutableSortedDictionary<string, OutputRef> artifacts)
    {
        const string opening = "${FILE:";
        foreach (var argument in target.Board.Qemu?.Arguments ?? [])
        {
            var text = argument.Value;
            for (var start = text.IndexOf(opening, StringComparison.Ordinal); start >= 0; start = text.IndexOf(opening, start + 1, StringComparison.Ordinal))
            {
                var end = text.IndexOf('}', start);
                var name = text[(start + opening.Length)..(end < 0 ? text.Length : end)];
                if (!artifacts.ContainsKey(name))
                    context.Error("IC0366", $"An argument of QEMU names the file `{name}`, which no artifact of `{target.Board.Name}` is", argument.Span, Nearest.Hint(name, artifacts.Keys, "artifact"));
            }
        }
    }

    private OutputRef Manifest(Contents contents, ImmutableSortedDictionary<string, OutputRef> artifacts)
    {
        var models = contents.Networks.Select(n => (Network: n, Model: Describe(n.Deployment))).ToImmutableArray();
        var manifest = new ImageManifest
        {
            Image = target.Image.Name,
            Board = target.Board.Name,
            Architecture = target.Target.Architecture.Name,
            Packages = contents.Packages,
            Models = [.. models.Select(m => m.Model)],
            Accelerators = [.. Accelerators().Select(a => new ManifestAccelerator(a.Name, [.. a.Modules.Select(m => m.Value)]))],
            Fits = contents.Fits,
        };
        return context.Call(Id("manifest"), new MakeManifestRequest(manifest), "what recipes and models say", "Write manifest.json",
        [
            .. models.Select(m => m.Network.Card!.At(MakeManifestRequest.CardInput(m.Model), "what the manifest tells of it")),
            .. artifacts.Select(a => a.Value.At(MakeManifestRequest.ArtifactInputs.At(a.Key), "its digest stands in the manifest")),
        ]);
    }

    private ManifestModel Describe(Deployment deployment)
    {
        var model = deployment.Model;
        return new(model.Name, model.Version, model.License, model.Origin ?? "", Source(model.Source, model.Folder), Sha256: "")
        {
            Path = OnnxGoldenRequest.PathOf(deployment.Folder),
            Variant = deployment.Variant,
            Format = deployment.Format,
            Judged = model.Evaluate is not null,
        };
    }

    private OutputRef Checksums(ImmutableSortedDictionary<string, OutputRef> artifacts) =>
        context.Call(Id("checksums"), new MakeChecksumsRequest(), "nothing but the artifacts decides", "Write SHA256SUMS", [.. artifacts.Select(a => a.Value.At(MakeChecksumsRequest.ArtifactInputs.At(a.Key), "its checksum is listed"))]);

    /// <summary>What the manifest tells of a root file system.</summary>
    private sealed record Contents(ImmutableArray<ManifestPackage> Packages, ImmutableArray<PlannedModel> Networks, ImmutableArray<(ChosenPackage Chosen, OutputRef Tree)> Trees, ImmutableArray<ManifestFit> Fits);
}
