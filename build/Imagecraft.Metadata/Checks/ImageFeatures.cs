// Gives images what their features bring, and finds features that do not fit together. Unaware of YAML.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

sealed class ImageFeatures(ImmutableSortedDictionary<string, Feature> features, Reading reading)
{
    /// <summary>The image with all that its features bring; its own words come last, so that they win.</summary>
    public Image Apply(Image image)
    {
        if (image.Features.IsEmpty)
            return image;
        reading.Owner = new DocumentId(KindNames.Image, image.Name);
        var chosen = Closure(image);
        Fit(image, chosen);
        return image with
        {
            Features = [.. chosen.Select(c => c.Name)],
            Packages = Distinct(chosen.SelectMany(c => c.Feature.Packages).Concat(image.Packages)),
            KernelFragments = Distinct(chosen.SelectMany(c => c.Feature.KernelFragments).Concat(image.KernelFragments)),
            CommandLine = Joined(chosen.Select(c => c.Feature.CommandLine).Append(image.CommandLine)),
            Root = image.Root ?? Only(image, chosen, "root", f => f.Root),
            Init = image.Init ?? Only(image, chosen, "init", f => f.Init),
            Users = All(image, chosen, "User", f => f.Users, image.Users, u => u.Name),
            Groups = All(image, chosen, "Group", f => f.Groups, image.Groups, g => g.Name),
            Network = new()
            {
                Interfaces = All(image, chosen, "Network card", f => f.Network.Interfaces, image.Network.Interfaces, i => i.Name),
                TimeServers = Distinct(chosen.SelectMany(c => c.Feature.Network.TimeServers).Concat(image.Network.TimeServers)),
            },
            Services = All(image, chosen, "Service", f => f.Services, image.Services, s => s.Name),
            Files = All(image, chosen, "File", f => f.Files, image.Files, f => f.Path),
            Overlays = Distinct(chosen.SelectMany(c => c.Feature.Overlays).Concat(image.Overlays)),
            Attributes = [.. chosen.SelectMany(c => c.Feature.Attributes), .. image.Attributes],
            Containers = Distinct(chosen.SelectMany(c => c.Feature.Containers).Concat(image.Containers)),
            Choices = chosen.Aggregate(Choices.None, (all, c) => all.Under(c.Feature.Choices)).Under(image.Choices),
        };
    }

    /// <summary>The features that the image names and those that come along, each once, those that are required first.</summary>
    List<(Sited<string> Name, Feature Feature)> Closure(Image image)
    {
        var chosen = new List<(Sited<string> Name, Feature Feature)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in image.Features)
            Visit(name);
        return chosen;

        void Visit(Sited<string> name)
        {
            if (!seen.Add(name.Value) || !features.TryGetValue(name.Value, out var feature))
                return;
            foreach (var required in feature.Requires)
                Visit(new Sited<string>(required.Value, name.Span));
            chosen.Add((name, feature));
        }
    }

    void Fit(Image image, List<(Sited<string> Name, Feature Feature)> chosen)
    {
        foreach (var (name, feature) in chosen)
            foreach (var conflict in feature.Conflicts)
                if (chosen.Find(other => other.Name.Value == conflict.Value) is { Feature: not null } other)
                    reading.Error(Codes.FeatureConflict, $"Image `{image.Name}` has the features `{name.Value}` and `{other.Name.Value}`, which exclude each other", name.Span, $"`{name.Value}` says so at {conflict.Span}; remove one of the two");
    }

    Sited<string>? Only(Image image, List<(Sited<string> Name, Feature Feature)> chosen, string key, Func<Feature, Sited<string>?> value)
    {
        var first = chosen.Find(c => value(c.Feature) is not null);
        foreach (var other in chosen.Where(c => value(c.Feature) is { } word && word.Value != value(first.Feature)!.Value))
            reading.Error(Codes.FeatureConflict, $"Image `{image.Name}` has features with different words for `{key}`: `{first.Name.Value}` says `{value(first.Feature)}`, `{other.Name.Value}` says `{value(other.Feature)}`", other.Name.Span, $"Give the image a `{key}` of its own, or remove one of the features");
        return first.Feature is null ? null : value(first.Feature);
    }

    ImmutableArray<T> All<T>(Image image, List<(Sited<string> Name, Feature Feature)> chosen, string noun, Func<Feature, ImmutableArray<T>> of, ImmutableArray<T> own, Func<T, Sited<string>> name)
    {
        var owners = new Dictionary<string, Sited<string>>(StringComparer.Ordinal);
        foreach (var item in chosen.SelectMany(c => of(c.Feature).Distinct()).Concat(own.DistinctBy(item => name(item).Value)))
            if (!owners.TryAdd(name(item).Value, name(item)) && owners[name(item).Value].Span != name(item).Span)
                reading.Error(Codes.DuplicateName, $"{noun} `{name(item).Value}` stands twice in image `{image.Name}` with its features", name(item).Span, $"The other is at {owners[name(item).Value].Span}; rename or remove one");
        return [.. chosen.SelectMany(c => of(c.Feature)), .. own];
    }

    static ImmutableArray<Sited<string>> Distinct(IEnumerable<Sited<string>> names) => [.. names.DistinctBy(name => name.Value)];

    static Sited<string>? Joined(IEnumerable<Sited<string>?> texts)
    {
        var all = texts.OfType<Sited<string>>().ToArray();
        return all.Length == 0 ? null : all[0] with { Value = string.Join(' ', all.Select(text => text.Value)) };
    }
}
