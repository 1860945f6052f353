// One resource within a .NET assembly. Unaware of packages.
// Source: ECMA-335, II.24.2.2 (file header of an image) and II.22.24 (ManifestResource): a length of 32 bits, then the bytes.

using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Archives;

/// <summary>Networks and vocabularies that libraries carry within themselves.</summary>
internal static class AssemblyResource
{
    /// <summary>The bytes of a resource.</summary>
    /// <param name="assembly">The file, which can be sought in.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="bound">As long as it may be.</param>
    /// <exception cref="FeedException">It is no assembly, or has no such resource; the message lists those that there are.</exception>
    public static byte[] Read(Stream assembly, string name, SizeBound bound)
    {
        try
        {
            using var image = new PEReader(assembly, PEStreamOptions.LeaveOpen);
            var metadata = image.GetMetadataReader();
            var all = metadata.ManifestResources.Select(metadata.GetManifestResource).Where(resource => resource.Implementation.IsNil).ToArray();
            var at = Array.FindIndex(all, resource => metadata.StringComparer.Equals(resource.Name, name));
            if (at < 0)
                throw new FeedException($"has no resource `{name}` in its assembly, but [{string.Join(", ", all.Select(resource => metadata.GetString(resource.Name)))}]", userError: true);
            var section = image.GetSectionData(image.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress);
            var start = checked((int)all[at].Offset);
            var reader = section.GetReader(start, section.Length - start);
            var length = reader.ReadInt32();
            if (length > bound.Bytes) throw bound.Exceeded(length);
            return reader.ReadBytes(length);
        }
        catch (Exception e) when (e is BadImageFormatException or ArgumentException or InvalidOperationException or OverflowException)
        {
            throw new FeedException($"has a damaged assembly: {e.Message}", userError: false, e);
        }
    }
}
