// Splits a path for the two name fields of ustar. Unaware of the rest of the header.

using System.Text;

namespace Imagecraft.Images.Archives;

/// <summary>The name (100 bytes) and prefix (155 bytes) fields of a ustar header.</summary>
internal static class UstarName
{
    /// <summary>Splits <paramref name="path"/> at a slash so that both parts fit.</summary>
    /// <returns>False when it does not fit or is not ASCII; then <paramref name="fields"/> is a truncated name for readers without pax.</returns>
    public static bool TrySplit(string path, out (string Prefix, string Name) fields)
    {
        fields = ("", path.Length <= 100 ? path : path[^100..]);
        if (!Ascii.IsValid(path))
            return false;
        if (path.Length <= 100)
            return true;
        for (int slash = path.IndexOf('/'); slash >= 0 && slash <= 155; slash = path.IndexOf('/', slash + 1))
        {
            int nameLength = path.Length - slash - 1;
            if (slash > 0 && nameLength is > 0 and <= 100)
            {
                fields = (path[..slash], path[(slash + 1)..]);
                return true;
            }
        }

        return false;
    }
}
