// Checks IDX files of a package and lays them out by split.

using Imagecraft.BuiltIns.Models;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Onnx.Data;

namespace Imagecraft.BuiltIns.Datasets;

/// <summary><c>dataset-idx</c>: the tree <c>/package</c>; parameters <c>name</c>, <c>SPLIT:images</c> and <c>SPLIT:labels</c> with paths in it. Output: <c>tree</c>, as <see cref="DatasetFolder"/> reads it.</summary>
public sealed class DatasetIdx() : BuiltInFunction("dataset-idx", typeof(ContentStore), typeof(DatasetFolder))
{
    private const string Images = ":images", Labels = ":labels";

    /// <inheritdoc/>
    public override Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var package = context.Tree(Input(context, "/package"));
        var parts = new List<(string MountPath, OutputValue Value)>();
        foreach (var split in context.Parameters.Keys.Where(k => k.EndsWith(Images, StringComparison.Ordinal)).Select(k => k[..^Images.Length]))
        {
            var (images, labels) = (Source(split + Images), Source(split + Labels));
            ModelPlans.Guard(() =>
            {
                var pair = DatasetFolder.CheckedPair(IdxArray.Parse(package.Read(images.Path), images.Path), IdxArray.Parse(package.Read(labels.Path), labels.Path), context.Parameters["name"]);
                context.Log($"{split}: {pair.Images.Count} images of {pair.Images.Sizes[2]} x {pair.Images.Sizes[1]} pixels, {pair.Labels.Values.Distinct().Count()} classes");
            });
            parts.Add(($"/{split}/{DatasetFolder.ImagesFile}", images.Content));
            parts.Add(($"/{split}/{DatasetFolder.LabelsFile}", labels.Content));
        }

        context.Output("tree", new(TreeMerge.Merge(context.Store, parts), OutputKind.Tree));
        return Task.CompletedTask;

        (string Path, OutputValue Content) Source(string key) => package.File(context.Parameters[key]) is { } file
            ? (context.Parameters[key], file with { Executable = false })
            : throw new ActionFailedException($"The package of the dataset `{context.Parameters["name"]}` has no file `{context.Parameters[key]}`; correct `{key.Replace(':', '.')}`");
    }
}
