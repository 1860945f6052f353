// Resolves an action's inputs to digests and makes its manifest. Unaware of keys and of running.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution.Running;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Manifests;

/// <summary>Makes manifests for one build; a local file counts as it was when first read.</summary>
sealed class ManifestBuilder(EngineOptions options, IReadOnlyDictionary<string, IBuiltIn> builtIns, IContentStore store, FileHashes known)
{
    WorkspaceHasher hasher = new(store, known);
    readonly Dictionary<string, Digest> inlines = [];

    /// <summary>The manifest of <paramref name="node"/>, given the outputs of the actions it reads.</summary>
    /// <exception cref="StoreException">A local input cannot be stored.</exception>
    /// <exception cref="ActionFailedException">A local input does not exist, or a built-in function is unknown.</exception>
    public ActionManifest Build(ActionNode node, Func<ActionId, ImmutableSortedDictionary<string, OutputValue>> outputsOf)
    {
        var inputs = ImmutableArray.CreateBuilder<ManifestInput>(node.Inputs.Length);
        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var edge in node.Inputs)
        {
            switch (edge.Source)
            {
                case InputSource.OutputOf output:
                    inputs.Add(new ManifestInput(edge.MountPath, outputsOf(output.Action)[output.Output], $"`{output.Output}` of `{output.Action}`", edge.Reason, output.Action));
                    break;
                case InputSource.Local local:
                    inputs.Add(new ManifestInput(edge.MountPath, Local(local, node), $"`{ShortPath(local.HostPath)}`", edge.Reason, null) { InPlace = local.IsInPlace && node.Work is ActionWork.Process ? new(FullPath(local.HostPath), local.Exclude) : null });
                    break;
                case InputSource.Inline inline:
                    inputs.Add(new ManifestInput(edge.MountPath, new OutputValue(InlineDigest(inline.Text), OutputKind.File, inline.Executable), "the plan", edge.Reason, null));
                    break;
            }
        }

        var manifest = new ActionManifest { Id = node.Id, Work = "", Inputs = inputs.ToImmutable(), Outputs = node.Outputs };
        switch (node.Work)
        {
            case ActionWork.Process process:
                properties["imagecraft-sandbox"] = SandboxEnvironment.Revision;
                var writable = node.Inputs.Where(i => i.MountPath != "/").Select(i => i.MountPath).Distinct().Order(StringComparer.Ordinal);
                properties["imagecraft-mounts"] = string.Join(':', writable);
                if (process.KeptFolder is { } kept)
                    properties["imagecraft-kept-folder"] = kept;
                return manifest with
                {
                    Work = "process",
                    Arguments = process.Arguments,
                    Environment = (node.Resources.Jobserver ? SandboxEnvironment.Parallel : SandboxEnvironment.Fixed).SetItems(process.Environment),
                    WorkingDirectory = process.WorkingDirectory,
                    TimeLimit = node.Timeout,
                    Platform = SandboxEnvironment.Platform.SetItems(process.Platform),
                    Properties = properties.ToImmutable(),
                };
            case ActionWork.BuiltIn builtIn:
                properties["identity"] = Function(builtIn, node.Id).Identity;
                return manifest with { Work = $"built-in {builtIn.Function}", Environment = builtIn.Parameters, Properties = properties.ToImmutable() };
            case ActionWork.Fetch fetch:
                properties[fetch.Integrity is null ? "sha256" : "integrity"] = fetch.Integrity ?? fetch.Sha256;
                return manifest with { Work = "fetch", Inputs = [], Properties = properties.ToImmutable() };
            case ActionWork.FetchCommit fetch:
                properties["git-commit"] = fetch.Commit;
                properties["git-tar"] = fetch.Sha256 ?? FetchRunner.TarRevision;
                return manifest with { Work = "fetch", Inputs = [], Tools = manifest.Inputs, Properties = properties.ToImmutable() };
            default:
                throw new InvalidOperationException($"`{node.Id}` has work of an unknown kind");
        }
    }

    /// <summary>The function that a built-in action names.</summary>
    public IBuiltIn Function(ActionWork.BuiltIn work, ActionId id) => builtIns.TryGetValue(work.Function, out var function)
        ? function
        : throw new ActionFailedException($"`{id}` wants the built-in `{work.Function}`, which is none of [{string.Join(", ", builtIns.Keys.Order(StringComparer.Ordinal))}]");

    /// <summary>Puts what comes from workspace and plan into the store, before an action reads it.</summary>
    public async Task StoreOwnInputsAsync(ActionNode node, CancellationToken cancellationToken)
    {
        foreach (var edge in node.Inputs)
        {
            if (edge.Source is InputSource.Inline inline)
                store.Put(Encoding.UTF8.GetBytes(inline.Text));
            else if (edge.Source is InputSource.Local local && !(local.IsInPlace && node.Work is ActionWork.Process))
                await hasher.StoreAsync(FullPath(local.HostPath), local.Exclude, cancellationToken);
        }
    }

    /// <summary>Refuses what came of a folder that was changed while it was read.</summary>
    /// <exception cref="ActionFailedException">A folder in place is no longer what the manifest says.</exception>
    public void RefuseChanged(ActionManifest manifest)
    {
        foreach (var input in manifest.Inputs)
        {
            if (input.InPlace is { } folder && new WorkspaceHasher(store, known).Hash(folder.Path, folder.Exclude) != input.Value)
                throw new ActionFailedException($"`{ShortPath(folder.Path)}` changed while `{manifest.Id}` ran, so nobody knows what it was made of; start the build again");
        }
    }

    /// <summary>Reads local inputs anew, because folders of theirs are no longer in the store.</summary>
    public void Forget() => hasher = new WorkspaceHasher(store, known);

    OutputValue Local(InputSource.Local local, ActionNode node) => Path.Exists(FullPath(local.HostPath))
        ? hasher.Hash(FullPath(local.HostPath), local.Exclude)
        : throw new ActionFailedException($"`{ShortPath(local.HostPath)}`, which `{node.Id}` reads, does not exist");

    Digest InlineDigest(string text)
    {
        if (!inlines.TryGetValue(text, out var digest))
            inlines[text] = digest = Digest.Of(Encoding.UTF8.GetBytes(text));
        return digest;
    }

    string FullPath(string path) => Path.GetFullPath(path, options.WorkspaceRoot);

    string ShortPath(string path)
    {
        var relative = Path.GetRelativePath(options.WorkspaceRoot, FullPath(path));
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
