// Holds what layers were made for against what is here. Unaware of the documents in them.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Layers;

static class LayerRequirements
{
    /// <summary>The name that stands for the program itself.</summary>
    const string Program = "imagecraft";

    /// <summary>Reports each version that a layer was not made for.</summary>
    /// <param name="layers">All layers.</param>
    /// <param name="version">Of Imagecraft; the core layer comes with it, so it has the same one unless it says another.</param>
    /// <param name="reading">Takes the problems.</param>
    public static void Check(IReadOnlyList<DescribedLayer> layers, string version, Reading reading)
    {
        foreach (var layer in layers)
        {
            reading.Owner = layer.Id;
            foreach (var (name, range) in layer.Layer.Requires)
            {
                var other = layers.FirstOrDefault(candidate => candidate.Layer.Name.Value == name);
                if (name == Program)
                    Hold(layer, "Imagecraft", range, version);
                else if (other is null)
                    reading.Error(Codes.UnknownName, $"Unknown layer `{name}`, which layer `{layer.Layer.Name}` requires", range.Span, Nearest.Hint(name, layers.Select(known => known.Layer.Name.Value).Append(Program), "layer"));
                else if ((other.Layer.Version?.Value ?? (other.Parsed.IsCore ? version : null)) is { } theirs)
                    Hold(layer, $"layer `{name}`", range, theirs);
                else
                    reading.Error(Codes.WrongVersion, $"Layer `{layer.Layer.Name}` is made for layer `{name}` {range}, which says no version", range.Span, $"Add `version:` to `{other.Parsed.DescriptionPath}`");
            }
        }

        void Hold(DescribedLayer layer, string what, Sited<VersionRange> range, string version)
        {
            if (!range.Value.Includes(version))
                reading.Error(Codes.WrongVersion, $"Layer `{layer.Layer.Name}` is made for {what} {range}, this is {version}", range.Span, $"Take a release of the layer that is made for {version}, or widen the range where it works");
        }
    }
}
