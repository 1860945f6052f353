// Checks IDX files of a package and lays them out by split.

using Imagecraft.BuiltIns.Models;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Data;

namespace Imagecraft.BuiltIns.Datasets;

/// <summary><c>dataset-idx</c>: the tree <c>/package</c>; parameters <c>name</c>, <c>SPLIT:images</c> and <c>SPLIT:labels</c> with paths in it. Output: <c>tree</c>, as <see cref="DatasetFolder"/> reads it.</summary>
public sealed class DatasetIdx() : BuiltInFunction("dataset-idx", typeof(DatasetFolder))
{
    private const string Images = ":images", Labels = ":labels";

    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var package = await context.TreeAsync(Input(context, "/package"), cancellationToken);
        var tree = Path.Combine(context.Scratch, "tree");
        foreach (var split in context.Parameters.Keys.Where(k => k.EndsWith(Images, StringComparison.Ordinal)).Select(k => k[..^Images.Length]))
        {
            var (images, labels) = (Source(split + Images), Source(split + Labels));
            ModelPlans.Guard(() =>
            {
                var pair = DatasetFolder.CheckedPair(images, labels, context.Parameters["name"]);
                context.Log($"{split}: {pair.Images.Count} images of {pair.Images.Sizes[2]} x {pair.Images.Sizes[1]} pixels, {pair.Labels.Values.Distinct().Count()} classes");
            });
            var folder = Directory.CreateDirectory(Path.Combine(tree, split)).FullName;
            File.Copy(images, Path.Combine(folder, DatasetFolder.ImagesFile));
            File.Copy(labels, Path.Combine(folder, DatasetFolder.LabelsFile));
        }

        await context.OutputTreeAsync("tree", tree, cancellationToken);

        string Source(string key)
        {
            var path = Path.Combine(package, context.Parameters[key].TrimStart('/'));
            return File.Exists(path) ? path : throw new ActionFailedException($"The package of the dataset `{context.Parameters["name"]}` has no file `{context.Parameters[key]}`; correct `{key.Replace(':', '.')}`");
        }
    }
}
