// Lays archives, files and folders over each other to a source tree.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Archives;
using Imagecraft.Requests.Sources;

namespace Imagecraft.BuiltIns.Sources;

/// <summary>The function of <see cref="AssembleSourceRequest"/>.</summary>
public sealed class AssembleSource() : BuiltInFunction<AssembleSourceRequest>(typeof(ContentStore), typeof(Archive))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(AssembleSourceRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var parts = new List<(string MountPath, OutputValue Value)>();
        for (var i = 0; i < request.Parts.Length; i++)
        {
            var (part, input) = (request.Parts[i], context.Input(AssembleSourceRequest.PartInputs.At(i)));
            var into = "/" + part.Into.Trim('/');
            if (input.Value.Kind == OutputKind.Tree)
                parts.Add((into, input.Value));
            else if (part.Unpack)
                parts.Add((into, await UnpackAsync(context, input, part, cancellationToken)));
            else
                parts.Add(($"{into.TrimEnd('/')}/{part.FileName}", input.Value));
        }

        context.Output(AssembleSourceRequest.TreeOutput, TreeMerge.Merge(context.Store, parts));
    }

    private static async Task<OutputValue> UnpackAsync(BuiltInContext context, BuiltInInput input, SourcePart part, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(context.Scratch + input.Name).FullName;
        try
        {
            var result = await Archive.ExtractAsync(await context.FileAsync(input, cancellationToken), folder, new ExtractOptions { Strip = part.Strip }, cancellationToken);
            foreach (var note in result.Notes)
                context.Log($"`{part.FileName}`: {note}");
            foreach (var skipped in result.Skipped)
                context.Log($"`{part.FileName}`: `{skipped}` is a device or a pipe, which is left out");
        }
        catch (FeedException problem)
        {
            throw UnpackFailure.Of($"`{part.FileName}`", problem);
        }

        return new(await context.Store.PutTreeAsync(folder, move: true, cancellationToken), OutputKind.Tree);
    }
}
