// Turns an action and its content into a sandbox value. Unaware of bubblewrap.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Processes;

/// <summary>Decides layers and mounts of a process action.</summary>
sealed class SandboxPlan(ContentStore store, EngineOptions options)
{
    // The kernel takes one page of options for an overlay; bubblewrap puts `/oldroot` before each layer.
    const int LayerBytes = 3600, LayerOverhead = 9, PathWithinStore = 74;
    const string JobserverPath = "/tmp/.jobserver";

    /// <summary>The sandbox of <paramref name="action"/>, with all of its content materialized.</summary>
    /// <exception cref="ContentMissingException">Some of it is missing or damaged.</exception>
    public async Task<SandboxSpec> MakeAsync(ActionNode action, ActionManifest manifest, OutputValue sandboxRoot, string scratch, string? jobserver, KeptFolder? kept, CancellationToken cancellationToken)
    {
        var process = (ActionWork.Process)action.Work;
        var mounts = ImmutableArray.CreateBuilder<SandboxMount>();
        var layers = ImmutableArray<string>.Empty;
        foreach (var group in manifest.Inputs.GroupBy(i => i.MountPath))
        {
            var trees = group.Where(i => i.Value.Kind == OutputKind.Tree).Select(i => i.Value).ToList();
            var file = group.LastOrDefault(i => i.Value.Kind == OutputKind.File);
            if (group.Last().InPlace is { } folder)
                mounts.AddRange(InPlace(group.Key, folder, scratch, kept));
            else if (file is not null)
                mounts.Add(new SandboxMount.ReadBind(group.Key, store.FilePath(file.Value.Digest, file.Value.Executable), IsFile: true));
            else if (group.Key == "/")
                layers = await LayersAsync(trees, cancellationToken);
            else
                mounts.Add(new SandboxMount.Overlay(group.Key, await LayersAsync(trees, cancellationToken)));
        }

        if (layers.IsEmpty)
            throw new ActionFailedException($"`{action.Id}` has no tree at `/`, so there is no program to run");
        foreach (var (name, path) in process.Caches)
        {
            var folder = Path.Combine(options.CacheRoot, "caches", name);
            Directory.CreateDirectory(folder);
            mounts.Add(new SandboxMount.WriteBind(path, folder, IsFile: false));
        }

        var environment = manifest.Environment;
        if (jobserver is not null)
        {
            mounts.Add(new SandboxMount.WriteBind(JobserverPath, jobserver, IsFile: true));
            environment = environment.SetItem("MAKEFLAGS", FormattableString.Invariant($" -j{options.Cpus} --jobserver-auth=fifo:{JobserverPath}"));
        }

        return new SandboxSpec
        {
            BubblewrapRoot = await store.MaterializeAsync(sandboxRoot.Digest, cancellationToken),
            RootLayers = layers,
            Scratch = scratch,
            Kept = kept?.Root,
            Mounts = mounts.ToImmutable(),
            Arguments = process.Arguments,
            Environment = environment,
            WorkingDirectory = process.WorkingDirectory,
            Limits = options.Limits,
            TimeLimit = action.Timeout,
        };
    }

    // What is excluded by name would be there all the same.
    static IEnumerable<SandboxMount> InPlace(string mountPath, InPlaceFolder folder, string scratch, KeptFolder? kept)
    {
        yield return new SandboxMount.Overlay(mountPath, [folder.Path]) { Written = kept?.WrittenOver(mountPath) };
        foreach (var name in folder.Exclude.Where(name => Path.Exists(Path.Combine(folder.Path, name))))
        {
            var isFile = File.Exists(Path.Combine(folder.Path, name));
            var nothing = Path.Combine(scratch, isFile ? "no-file" : "no-folder");
            if (isFile)
                File.WriteAllBytes(nothing, []);
            else
                Directory.CreateDirectory(nothing);
            yield return new SandboxMount.ReadBind($"{mountPath}/{name}", nothing, isFile);
        }
    }

    // Each tree is materialized once and shared by all actions. They are merged first only where an overlay would show something else
    // (a tree that lies behind a link of one below), or when the list is too long for the kernel.
    // One that is there twice, as empty ones are, counts where it comes last; the kernel takes no folder twice.
    async Task<ImmutableArray<string>> LayersAsync(List<OutputValue> given, CancellationToken cancellationToken)
    {
        var trees = Enumerable.Reverse(given).DistinctBy(tree => tree.Digest).Reverse().ToList();
        if (trees.Count > 1)
        {
            var merged = TreeMerge.Merge(store, trees.Select(t => ("/", t)), out var followedLinks);
            if (followedLinks || trees.Count * (LayerOverhead + store.Root.Length + PathWithinStore) > LayerBytes)
                return [await store.MaterializeAsync(merged, cancellationToken)];
        }

        var paths = ImmutableArray.CreateBuilder<string>(trees.Count);
        foreach (var tree in trees)
            paths.Add(await store.MaterializeAsync(tree.Digest, cancellationToken));
        return paths.MoveToImmutable();
    }
}
