// Lays data and labels out by split. Unaware of what files hold.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Requests.Datasets;

namespace Imagecraft.BuiltIns.Datasets.Files;

/// <summary>A datum of a split.</summary>
/// <param name="Name">Path within the split.</param>
/// <param name="File">Its content.</param>
/// <param name="Item">Its label.</param>
internal sealed record SplitMember(string Name, OutputValue File, LabelledItem Item)
{
    /// <summary>Path and content of the map of its classes; null: it has none.</summary>
    public (string Name, OutputValue File)? Map { get; init; }
}

internal sealed class SplitMembers(DatasetFilesRequest request, SourceFiles source, StoredTree tree, IContentStore store, Problems problems)
{
    private const long MostBytes = 256L << 20;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly List<string> notes = [];
    private ImmutableArray<string> categories = [];

    /// <summary>Names of COCO's categories; empty: there are none.</summary>
    public ImmutableArray<string> Categories => categories;

    /// <summary>What is worth a line of the log.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>All members by split, sorted by name; problems are noted.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<SplitMember>> Read()
    {
        var own = request.Splits.Where(s => s.Value.Labels is not null).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal);
        var members = request.Splits.ToDictionary(s => s.Key, _ => new List<SplitMember>(), StringComparer.Ordinal);
        foreach (var (split, spec) in own)
            members[split].AddRange(Members(spec.Labels!, spec.Folder!.Trim('/') + "/"));
        if (own.Count < request.Splits.Count)
            Distribute(members, own);
        foreach (var split in members.Where(m => m.Value.Count == 0 && !problems.Any).Select(m => m.Key).ToArray())
            problems.Add(split, $"the split `{split}` is empty; {Remedy(request.Splits[split])}");
        return members.ToImmutableSortedDictionary(m => m.Key, m => m.Value.OrderBy(d => d.Name, StringComparer.Ordinal).ToImmutableArray(), StringComparer.Ordinal);
    }

    private void Distribute(Dictionary<string, List<SplitMember>> members, Dictionary<string, FileSplit> own)
    {
        var lists = request.Splits.Where(s => s.Value.List is not null).ToDictionary(s => s.Key, s => Names(s.Value.List!), StringComparer.Ordinal);
        var folders = request.Splits.Where(s => s.Value.Folder is not null).Select(s => (s.Key, Prefix: s.Value.Folder!.Trim('/') + "/")).ToArray();
        var isByClassFolder = request.Labels.Kind == FileLabelsKind.Folder;
        var all = Members(request.Labels, "");
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in all)
        {
            var taken = false;
            foreach (var split in folders.Where(f => member.Name.StartsWith(f.Prefix, StringComparison.Ordinal)).Select(f => f.Key).Concat(lists.Where(l => l.Value.Contains(member.Name)).Select(l => l.Key)))
            {
                taken = true;
                if (!own.ContainsKey(split))
                    members[split].Add(member);
                named.Add(member.Name);
            }

            if (!taken && SplitDraw.Draw(member.Item.Text ?? member.Name, request.Seed, request.Splits) is { } drawn)
                members[drawn].Add(member);
        }

        foreach (var (split, names) in lists)
            foreach (var name in names.Where(n => !named.Contains(n)))
                problems.Add(name, $"`{request.Splits[split].List}` names `{name}`, but there is no such file{(isByClassFolder || request.Labels.Kind == FileLabelsKind.None ? "" : " with a label")}; correct the line, names are seen from {Place("")}");
        if (isByClassFolder)
            ClassFolders(members, folders);
    }

    /// <summary>The first folder behind that of a split, or of the dataset, is the class.</summary>
    private void ClassFolders(Dictionary<string, List<SplitMember>> members, (string Split, string Prefix)[] folders)
    {
        foreach (var (split, list) in members.Where(m => request.Splits[m.Key].Labels is null))
        {
            var prefix = folders.FirstOrDefault(f => f.Split == split).Prefix ?? "";
            for (var i = 0; i < list.Count; i++)
                list[i] = OfFolder(list[i], prefix);
        }

        string[] prefixes = [.. folders.Select(f => f.Prefix), .. request.Splits.Values.Any(s => s.Folder is null) ? [""] : Array.Empty<string>()];
        foreach (var empty in source.Empty.Where(e => prefixes.Any(p => e.StartsWith(p, StringComparison.Ordinal) && !e[p.Length..].Contains('/', StringComparison.Ordinal)) && !folders.Any(f => f.Prefix == e + "/")))
            problems.Add(empty, $"the folder `{empty}` of a class has no file that is read; fill it, or remove it");
    }

    private SplitMember OfFolder(SplitMember member, string prefix)
    {
        var rest = member.Name[prefix.Length..];
        if (rest.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash)
            return member with { Item = member.Item with { Label = rest[..slash] } };
        problems.Add(member.Name, $"`{member.Name}` lies in no folder of a class; move it into one, or write `labels: none`");
        return member;
    }

    /// <summary>What labels say of the data below a folder; the classes of folders come later, when it is known which folder a split begins at.</summary>
    private List<SplitMember> Members(FileLabels labels, string prefix)
    {
        if (labels.Kind is FileLabelsKind.None or FileLabelsKind.Folder)
        {
            var files = source.Data.Where(d => d.Key.StartsWith(prefix, StringComparison.Ordinal) && !IsListOrLabels(d.Key)).Select(d => new SplitMember(d.Key, d.Value, new(d.Key, $"`{d.Key}`")));
            return [.. labels.Kind == FileLabelsKind.Folder && prefix.Length > 0 ? files.Select(f => OfFolder(f, prefix)) : files];
        }

        if (labels.Text is not null)
            return [.. Items(labels).Select(i => new SplitMember(i.Name, new(store.Put(Encoding.UTF8.GetBytes(i.Text!)), OutputKind.File), i))];
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        var members = new List<SplitMember>();
        foreach (var item in Items(labels))
        {
            var name = prefix + Plain(item.Name);
            if (!source.Data.TryGetValue(name, out var file))
                problems.Add(item.Where, $"{item.Where} names `{item.Name}`, but there is no such file; names are seen from {Place(prefix)}, which `folder` changes");
            else if (!seen.TryAdd(name, item.Where))
                problems.Add(item.Where, $"{item.Where} names `{item.Name}`, which {seen[name]} does too; keep one of them");
            else if (item.Map is null)
                members.Add(new(name, file, item));
            else if (source.Data.TryGetValue(prefix + Plain(item.Map), out var map))
                members.Add(new(name, file, item) { Map = (prefix + Plain(item.Map), map) });
            else
                problems.Add(item.Where, $"{item.Where} names the map `{item.Map}`, but there is no such image; names are seen from {Place(prefix)}, which `folder` changes");
        }

        foreach (var member in members)
            if (member.Map is { } map)
                seen.TryAdd(map.Name, member.Item.Where);

        if (source.Data.Keys.Count(k => k.StartsWith(prefix, StringComparison.Ordinal) && !seen.ContainsKey(k) && !IsListOrLabels(k)) is > 0 and var bare)
            notes.Add($"{bare} files are left out, because `{labels.Path}` does not name them");
        return members;
    }

    private IEnumerable<LabelledItem> Items(FileLabels labels)
    {
        var text = Text(labels.Path, "labels");
        if (labels.Kind != FileLabelsKind.Coco)
            return labels.Kind == FileLabelsKind.Csv ? LabelTables.Csv(text, labels, problems) : LabelTables.JsonLines(text, labels, problems);
        var (items, names) = CocoInstances.Read(text, labels.Path, problems);
        if (!categories.IsEmpty && !categories.SequenceEqual(names) && request.Classes.IsEmpty)
            problems.Add(labels.Path, $"`{labels.Path}` has the categories [{string.Join(", ", names)}], but the labels of another split have [{string.Join(", ", categories)}]; write `classes:` in the order of the network's outputs");
        categories = names;
        return items;
    }

    private HashSet<string> Names(string list) =>
        [.. Text(list, "list").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).Select(Plain)];

    private static string Plain(string name) => name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;

    /// <summary>In another encoding names would be those of other files, and of other classes.</summary>
    private string Text(string path, string key)
    {
        try
        {
            return Strict.GetString(Bytes(path, key)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw problems.Fatal($"`{path}` is no text in UTF-8; convert it, e.g. by `iconv`");
        }
    }

    private byte[] Bytes(string path, string key)
    {
        var file = tree.File(path) ?? throw problems.Fatal($"the source has no file `{path}`; correct `{key}`, whose names are seen from the root of the source");
        return file.Digest.SizeBytes <= MostBytes ? store.Read(file.Digest) : throw problems.Fatal($"`{path}` has {file.Digest.SizeBytes} bytes, more than the {MostBytes} that are read; split it");
    }

    /// <summary>A list of names is a text itself, but no datum.</summary>
    private bool IsListOrLabels(string name)
    {
        var path = request.Folder.Length == 0 ? name : $"{request.Folder}/{name}";
        return path == request.Labels.Path || request.Splits.Values.Any(s => s.List == path || s.Labels?.Path == path);
    }

    private string Place(string prefix)
    {
        var folder = $"{(request.Folder.Length == 0 ? "" : request.Folder + "/")}{prefix}".TrimEnd('/');
        return folder.Length == 0 ? "the root of the source" : $"`{folder}`";
    }

    private string Remedy(FileSplit split) => split switch
    {
        { Folder: { } folder } => $"lay files into `{(request.Folder.Length == 0 ? "" : request.Folder + "/")}{folder}`, or correct `folder`",
        { List: { } list } => $"name files in `{list}`",
        _ => "give it a larger `share`, or add files",
    };
}
