// Checks IDX files of a package and lays them out by split.

using Imagecraft.BuiltIns.Models;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Onnx.Data;
using Imagecraft.Requests.Datasets;

namespace Imagecraft.BuiltIns.Datasets;

/// <summary>The function of <see cref="DatasetIdxRequest"/>; the tree is as <see cref="DatasetFolder"/> reads it.</summary>
public sealed class DatasetIdx() : BuiltInFunction<DatasetIdxRequest>(typeof(ContentStore), typeof(DatasetFolder))
{
    /// <inheritdoc/>
    protected override Task RunAsync(DatasetIdxRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var package = context.Tree(DatasetIdxRequest.PackageInput);
        var parts = new List<(string MountPath, OutputValue Value)>();
        foreach (var (split, files) in request.Splits)
        {
            var (images, labels) = (Content(files.Images, $"{split}.images"), Content(files.Labels, $"{split}.labels"));
            NetworkOptions.Guard(() =>
            {
                var pair = DatasetFolder.CheckedPair(IdxArray.Parse(package.Read(files.Images), files.Images), IdxArray.Parse(package.Read(files.Labels), files.Labels), request.Name);
                context.Log($"{split}: {pair.Images.Count} images of {pair.Images.Sizes[2]} x {pair.Images.Sizes[1]} pixels, {pair.Labels.Values.Distinct().Count()} classes");
            });
            parts.Add(($"/{split}/{DatasetFolder.ImagesFile}", images));
            parts.Add(($"/{split}/{DatasetFolder.LabelsFile}", labels));
        }

        context.Output(DatasetIdxRequest.TreeOutput, TreeMerge.Merge(context.Store, parts));
        return Task.CompletedTask;

        OutputValue Content(string path, string key) => package.File(path) is { } file
            ? file with { Executable = false }
            : throw new ActionFailedException($"The package of the dataset `{request.Name}` has no file `{path}`; correct `{key}`");
    }
}
