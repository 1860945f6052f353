// Turns files of a source into splits with labels.

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Imagecraft.BuiltIns.Datasets.Files;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Onnx.Data;
using Imagecraft.Requests.Datasets;

namespace Imagecraft.BuiltIns.Datasets;

/// <summary>The function of <see cref="DatasetFilesRequest"/>; each tree is as <see cref="DatasetFolder"/> reads it, with the files as they came. Every file is read once, and all that is wrong is told at once.</summary>
public sealed class DatasetFiles() : BuiltInFunction<DatasetFilesRequest>(typeof(ContentStore), typeof(DatasetFolder), typeof(BitMiracle.LibJpeg.JpegImage))
{
    /// <inheritdoc/>
    protected override Task RunAsync(DatasetFilesRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var problems = new Problems(request.Name);
        var root = context.Input(DatasetFilesRequest.SourceInput).Value.Digest;
        var source = SourceFiles.Of(context.Store, root, request.Folder, request.Kind, problems);
        problems.Check();
        if (source.Others > 0)
            context.Log($"{source.Others} files are left out, because they are neither images, sounds, arrays nor texts");
        if (source.Unwanted > 0)
            context.Log($"{source.Unwanted} files are left out, because they are no {request.Kind.ToString()!.ToLowerInvariant()}");
        var members = new SplitMembers(request, source, new StoredTree(context.Store, root), context.Store, problems);
        var splits = members.Read();
        problems.Check();
        foreach (var note in members.Notes)
            context.Log(note);
        var classes = ItemClasses.Of(request.Classes, members.Categories, splits.SelectMany(s => s.Value).Select(m => m.Item));
        Duplicates(request, splits, problems, context);
        var sizes = Sizes(request, splits.SelectMany(s => s.Value), context, problems, cancellationToken);
        problems.Check();
        foreach (var (split, datums) in splits)
        {
            var list = string.Concat(datums.Select(m => $"{m.Name}\t{Label(m, classes, sizes, problems)}\n"));
            var parts = datums.Select(m => ($"/{split}/{m.Name}", m.File)).Append(($"/{split}/{DatasetFolder.ListFile}", Text(context, list)));
            // The map may be an image of its own, or that of several.
            parts = parts.Concat(datums.Where(m => m.Map is not null).Select(m => ($"/{split}/{m.Map!.Value.Name}", m.Map.Value.File))).DistinctBy(p => p.Item1);
            if (!classes.Names.IsEmpty)
                parts = parts.Append(($"/{split}/{DatasetFolder.ClassesFile}", Text(context, string.Concat(classes.Names.Select(n => $"{n}\n")))));
            problems.Check();
            context.Output(DatasetFilesRequest.SplitOutput(split), TreeMerge.Merge(context.Store, parts));
            context.Log($"{split}: {datums.Length} files{(classes.Names.IsEmpty ? "" : $", {classes.Names.Length} classes")}");
        }

        return Task.CompletedTask;
    }

    private static OutputValue Text(BuiltInContext context, string text) => new(context.Store.Put(Encoding.UTF8.GetBytes(text)), OutputKind.File);

    private static string? Label(SplitMember member, ItemClasses classes, ConcurrentDictionary<(Digest, string), (int Width, int Height, int Channels)> sizes, Problems problems)
    {
        var (width, height, _) = sizes[(member.File.Digest, Path.GetExtension(member.Name))];
        if (member.Map is { } map)
        {
            var seen = sizes[(map.File.Digest, Path.GetExtension(map.Name))];
            if (Path.GetExtension(map.Name).ToLowerInvariant() is ".jpg" or ".jpeg")
                problems.Add(member.Item.Where, $"{member.Item.Where} names the map `{map.Name}`, but a JPEG does not keep samples, which are the classes, as they are; save a gray PNG");
            else if (seen != (width, height, 1))
                problems.Add(member.Item.Where, $"{member.Item.Where} names the map `{map.Name}` of {seen.Width} x {seen.Height} pixels and {seen.Channels} channels, but `{member.Name}` has {width} x {height}; save a gray image of that size whose samples are the classes");
            return FrameLabelText.OfMap(map.Name);
        }

        if (member.Item.Boxes is not { } boxes)
            return classes.Label(member.Item, problems);
        if (width == 0)
            problems.Add(member.Item.Where, $"{member.Item.Where} names `{member.Name}`, which is no image; boxes belong to images");
        else if ((boxes.Width ?? width, boxes.Height ?? height) != (width, height))
            problems.Add(member.Item.Where, $"{member.Item.Where} says that `{member.Name}` has {boxes.Width} x {boxes.Height} pixels, but it has {width} x {height} as it is seen; its boxes would lie elsewhere: annotate it as it is, or take its Exif orientation out");
        return classes.Boxes(member.Item, problems);
    }

    /// <summary>Reads each file once, on all processors.</summary>
    private static ConcurrentDictionary<(Digest, string), (int Width, int Height, int Channels)> Sizes(DatasetFilesRequest request, IEnumerable<SplitMember> members, BuiltInContext context, Problems problems, CancellationToken cancellationToken)
    {
        var sizes = new ConcurrentDictionary<(Digest, string), (int, int, int)>();
        var files = members.SelectMany(m => m.Map is { } map ? [(m.Name, m.File), map] : new[] { (m.Name, m.File) }).DistinctBy(f => (f.File.Digest, Path.GetExtension(f.Name)));
        Parallel.ForEach(files, new ParallelOptions { CancellationToken = cancellationToken }, item =>
        {
            if (item.File.Digest.SizeBytes > StoredTree.MostBytes)
                problems.Add(item.Name, $"`{item.Name}` has {item.File.Digest.SizeBytes} bytes, more than the {StoredTree.MostBytes} that are read at once; split it");
            else if (FileCheck.Read(item.Name, context.Store.Read(item.File.Digest), request, problems) is { } size)
                sizes[(item.File.Digest, Path.GetExtension(item.Name))] = size;
        });
        return sizes;
    }

    /// <summary>What is in two splits was looked at before it judges.</summary>
    private static void Duplicates(DatasetFilesRequest request, ImmutableSortedDictionary<string, ImmutableArray<SplitMember>> splits, Problems problems, BuiltInContext context)
    {
        var same = splits.SelectMany(s => s.Value.Select(m => (Split: s.Key, Member: m))).GroupBy(m => m.Member.File.Digest);
        foreach (var group in same)
        {
            var first = group.First();
            if (group.FirstOrDefault(m => m.Split != first.Split) is not { Member: not null } other)
                continue;
            var text = $"`{first.Member.Name}` of the split `{first.Split}` and `{other.Member.Name}` of `{other.Split}` are the same, so what is learned on one is judged on the other";
            if (request.AllowsDuplicates)
                context.Log(text);
            else
                problems.Add(first.Member.Name, $"{text}; remove one, or allow it by `duplicates: tell`");
        }
    }
}
