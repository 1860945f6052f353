// Turns drawn lines of text into labelled images or pages.

using System.Text;
using Imagecraft.BuiltIns.Models;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Data;
using Imagecraft.Requests.Datasets;

namespace Imagecraft.BuiltIns.Datasets;

/// <summary>The function of <see cref="DatasetTextRequest"/>; the tree is as <see cref="DatasetFolder"/> reads it.</summary>
public sealed class DatasetText() : BuiltInFunction<DatasetTextRequest>(typeof(DatasetFolder))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(DatasetTextRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var lines = context.Tree(DatasetTextRequest.LinesInput);
        var tree = Path.Combine(context.Scratch, "tree");
        foreach (var split in request.Splits)
        {
            var folder = Directory.CreateDirectory(Path.Combine(tree, split.Name)).FullName;
            var (list, count) = (new StringBuilder(), 0);
            NetworkOptions.Guard(() =>
            {
                var style = new TextStyle(split.Seed);
                var drawn = split.Files.Select(f => PnmFile.Read(lines.Read(f), f));
                if (split.Page is { } page)
                    foreach (var chunk in drawn.Chunk(page.Lines))
                    {
                        var (image, boxes) = style.Page(chunk, page.Width, page.Height);
                        Add(image, FrameLabelText.Of(boxes));
                    }
                else if (split.Words is { } words)
                    foreach (var (line, text) in drawn.Select(style.Line).Zip(words))
                        Add(line, FrameLabelText.Of(new FrameLabel.Words(text)));
                else
                    foreach (var line in drawn.Select(style.Line))
                    {
                        Add(line, "0");
                        Add(line.Turned(), "1");
                    }
            });
            await File.WriteAllTextAsync(Path.Combine(folder, DatasetFolder.ListFile), list.ToString(), cancellationToken);
            context.Log($"{split.Name}: {count} images");

            void Add(PixelImage image, string label)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var name = $"{count++:D4}.ppm";
                PnmFile.Write(image, Path.Combine(folder, name));
                list.Append($"{name}\t{label}\n");
            }
        }

        await context.OutputAsync(DatasetTextRequest.TreeOutput, tree, cancellationToken);
    }
}
