// Lays archives, files and folders over each other to a source tree.

using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Archives;

namespace Imagecraft.BuiltIns.Sources;

/// <summary><c>assemble-source</c>: each input has a parameter of its name, <c>unpack|file;STRIP;INTO;FILENAME</c>. Output: <c>tree</c>.</summary>
public sealed class AssembleSource() : BuiltInFunction("assemble-source", typeof(ContentStore), typeof(Archive))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var parts = new List<(string MountPath, OutputValue Value)>();
        foreach (var input in context.Inputs)
        {
            var parameter = context.Parameters[input.Name.TrimStart('/')].Split(';', 4);
            var (mode, strip, into, fileName) = (parameter[0], int.Parse(parameter[1], CultureInfo.InvariantCulture), "/" + parameter[2].Trim('/'), parameter[3]);
            if (input.Value.Kind == OutputKind.Tree)
                parts.Add((into, input.Value));
            else if (mode == "file")
                parts.Add(($"{into.TrimEnd('/')}/{fileName}", input.Value));
            else
                parts.Add((into, await UnpackAsync(context, input, strip, fileName, cancellationToken)));
        }

        context.Output("tree", new(TreeMerge.Merge(context.Store, parts), OutputKind.Tree));
    }

    private static async Task<OutputValue> UnpackAsync(BuiltInContext context, BuiltInInput input, int strip, string fileName, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(context.Scratch, input.Name.TrimStart('/'))).FullName;
        try
        {
            var result = await Archive.ExtractAsync(await context.FileAsync(input, cancellationToken), folder, new ExtractOptions { Strip = strip }, cancellationToken);
            foreach (var note in result.Notes)
                context.Log($"`{fileName}`: {note}");
            foreach (var skipped in result.Skipped)
                context.Log($"`{fileName}`: `{skipped}` is a device or a pipe, which is left out");
        }
        catch (FeedException problem)
        {
            throw UnpackFailure.Of($"`{fileName}`", problem);
        }

        return new(await context.Store.PutTreeAsync(folder, move: true, cancellationToken), OutputKind.Tree);
    }
}
