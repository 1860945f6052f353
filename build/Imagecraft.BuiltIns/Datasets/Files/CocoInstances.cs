// Reads boxes as COCO has them. Unaware of the images themselves.
// Source of the format: "COCO: Common Objects in Context", https://cocodataset.org/#format-data.

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Imagecraft.BuiltIns.Datasets.Files;

internal static class CocoInstances
{
    /// <summary>The images, those without boxes too, and the names of the categories in the order of their ids; problems are noted. Crowds (<c>iscrowd</c>) are no boxes.</summary>
    public static (ImmutableArray<LabelledItem> Items, ImmutableArray<string> Classes) Read(string text, string path, Problems problems)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text);
        }
        catch (JsonException problem)
        {
            throw problems.Fatal($"`{path}` is no JSON: {problem.Message}; export the annotations anew");
        }

        using (document)
        {
            try
            {
                return Read(document.RootElement, path, problems);
            }
            catch (InvalidOperationException)
            {
                // An escape of half a character is JSON, but no text.
                throw problems.Fatal($"`{path}` has half a character (such as `\\ud800` alone) in a text; export the annotations anew");
            }
        }
    }

    private static (ImmutableArray<LabelledItem> Items, ImmutableArray<string> Classes) Read(JsonElement root, string path, Problems problems)
    {
        var categories = new SortedDictionary<long, string>();
        foreach (var (category, where) in Entries(root, "categories", path, problems))
            if (Id(category, "id", where, problems) is { } id && Text(category, "name", where, problems) is { } name)
            {
                // Boxes of both would be of the first.
                if (categories.ContainsValue(name))
                    problems.Add(where, $"{where} has the name `{name}` a second time; give each category its own");
                else if (!categories.TryAdd(id, name))
                    problems.Add(where, $"{where} has the id {id} a second time; give each category its own");
            }
        var images = new Dictionary<long, (LabelledItem Item, List<ItemBox> Boxes)>();
        foreach (var (image, where) in Entries(root, "images", path, problems))
            if (Id(image, "id", where, problems) is { } id && Text(image, "file_name", where, problems) is { } name && !images.TryAdd(id, (new(name.Replace('\\', '/'), where) { Boxes = new(Whole(image, "width"), Whole(image, "height"), []) }, [])))
                problems.Add(where, $"{where} has the id {id} a second time; give each image its own");
        foreach (var (annotation, where) in Entries(root, "annotations", path, problems))
            Add(annotation, where);
        return ([.. images.Values.Select(i => i.Item with { Boxes = i.Item.Boxes! with { Boxes = [.. i.Boxes] } })], [.. categories.Values]);

        void Add(JsonElement annotation, string where)
        {
            if (Id(annotation, "image_id", where, problems) is not { } imageId || Id(annotation, "category_id", where, problems) is not { } categoryId)
                return;
            if (!images.TryGetValue(imageId, out var image))
                problems.Add(where, $"{where} is of the image {imageId}, but `images` has none with that id; remove it, or add the image");
            else if (!categories.TryGetValue(categoryId, out var category))
                problems.Add(where, $"{where} is of the category {categoryId}, but `categories` has [{string.Join(", ", categories.Keys)}]; correct it, or add the category");
            else if (annotation.TryGetProperty("iscrowd", out var crowd) && crowd.ValueKind == JsonValueKind.Number && crowd.GetDouble() != 0)
                return;
            else if (Box(annotation) is not [var x, var y, var width, var height] || !(width > 0 && height > 0 && double.IsFinite(x + y + width + height)))
                problems.Add(where, $"{where} has no `bbox` of [left, top, width, height] with a size above 0; remove it, or correct its box");
            else
                image.Boxes.Add(new(category, x, y, width, height));
        }
    }

    private static IEnumerable<(JsonElement Element, string Where)> Entries(JsonElement root, string key, string path, Problems problems)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(key, out var list) || list.ValueKind != JsonValueKind.Array)
            throw problems.Fatal($"`{path}` has no list `{key}`, which COCO's instances have; export the annotations in that form");
        return list.EnumerateArray().Select((element, index) => (element, string.Create(CultureInfo.InvariantCulture, $"`{path}`, entry {index} of `{key}`")));
    }

    private static long? Id(JsonElement element, string key, string where, Problems problems)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var id))
            return id;
        problems.Add(where, $"{where} has no whole number `{key}`; export the annotations anew");
        return null;
    }

    private static string? Text(JsonElement element, string key, string where, Problems problems)
    {
        if (element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text)
            return text;
        problems.Add(where, $"{where} has no text `{key}`; export the annotations anew");
        return null;
    }

    private static int? Whole(JsonElement element, string key) => element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static double[]? Box(JsonElement annotation) =>
        annotation.TryGetProperty("bbox", out var box) && box.ValueKind == JsonValueKind.Array && box.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Number)
            ? [.. box.EnumerateArray().Select(e => e.GetDouble())]
            : null;
}
