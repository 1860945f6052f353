// Outputs by name to and from the protocol's ActionResult, whose outputs are by path. Unaware of caches.

using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Running;

static class ResultMessage
{
    /// <summary>The result of a successful action, with what it read and when that was.</summary>
    /// <param name="manifest">What ran.</param>
    /// <param name="outputs">What it made, by name.</param>
    /// <param name="inputRoot">The tree of all that it read.</param>
    /// <param name="now">When it ended.</param>
    /// <param name="log">What it printed; null: nothing.</param>
    public static Reapi.ActionResult Of(ActionManifest manifest, ImmutableSortedDictionary<string, OutputValue> outputs, Digest inputRoot, DateTimeOffset now, Digest? log)
    {
        var result = new Reapi.ActionResult
        {
            StdoutDigest = log?.ToReapi(),
            ExecutionMetadata = new Reapi.ExecutedActionMetadata { WorkerCompletedTimestamp = Timestamp.FromDateTimeOffset(now), AuxiliaryMetadata = { Any.Pack(inputRoot.ToReapi()) } },
        };
        foreach (var spec in manifest.Outputs)
        {
            var path = ManifestKey.OutputPath(spec, manifest.WorkingDirectory);
            var value = outputs[spec.Name];
            if (spec.Kind == OutputKind.Tree)
                result.OutputDirectories.Add(new Reapi.OutputDirectory { Path = path, RootDirectoryDigest = value.Digest.ToReapi() });
            else
                result.OutputFiles.Add(new Reapi.OutputFile { Path = path, Digest = value.Digest.ToReapi(), IsExecutable = value.Executable });
        }

        return result;
    }

    /// <summary>The outputs by name, or null when the result lacks one that is declared.</summary>
    public static ImmutableSortedDictionary<string, OutputValue>? Outputs(ActionManifest manifest, Reapi.ActionResult result)
    {
        var outputs = ImmutableSortedDictionary.CreateBuilder<string, OutputValue>(StringComparer.Ordinal);
        foreach (var spec in manifest.Outputs)
        {
            var path = ManifestKey.OutputPath(spec, manifest.WorkingDirectory);
            if (spec.Kind == OutputKind.Tree && result.OutputDirectories.FirstOrDefault(d => d.Path == path) is { } tree)
                outputs[spec.Name] = new OutputValue(tree.RootDirectoryDigest.ToDigest(), OutputKind.Tree);
            else if (spec.Kind == OutputKind.File && result.OutputFiles.FirstOrDefault(f => f.Path == path) is { } file)
                outputs[spec.Name] = new OutputValue(file.Digest.ToDigest(), OutputKind.File, file.IsExecutable);
            else
                return null;
        }

        return outputs.ToImmutable();
    }
}
