// Which Imagecraft this is. Unaware of who asks.

using System.Reflection;

namespace Imagecraft.Metadata;

/// <summary>The version, which stands in <c>Directory.Build.props</c> alone and from there in every assembly.</summary>
public static class ImagecraftVersion
{
    /// <summary>E.g. <c>0.1.0</c>.</summary>
    public static string Current { get; } = typeof(ImagecraftVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
