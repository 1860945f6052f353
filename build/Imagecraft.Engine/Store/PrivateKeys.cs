// Recognizes private keys among small files, because whatever is stored can be read by all who have the cache. Unaware of who made them.

using System.Text;
using System.Text.RegularExpressions;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>Finds files that hold a private key: in PEM (also of OpenSSH and OpenPGP), or as dropbear writes it.</summary>
/// <remarks>Source: RFC 7468; dropbear's keys begin with the length and name of their algorithm, public ones are never written so.</remarks>
static partial class PrivateKeys
{
    /// <summary>Why one is refused, for messages.</summary>
    public const string Reason = "would lie in the cache for all to read";

    // A key of 16,384 bits and its certificate have a third of that.
    const int LargestBytes = 64 << 10;

    static readonly byte[][] _dropbear =
        [.. new[] { "ssh-rsa", "ssh-dss", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521" }.Select(name => (byte[])[0, 0, 0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)])];

    /// <summary>Whether the file holds one.</summary>
    public static bool IsOne(string path)
    {
        var file = new FileInfo(path);
        return file.Length is > 0 and <= LargestBytes && IsOne(File.ReadAllBytes(path));
    }

    /// <summary>The files that hold one, of a file or of all below a folder, in order; symbolic links are not followed.</summary>
    public static IEnumerable<string> In(string path)
    {
        if (File.Exists(path))
            return IsOne(path) ? [path] : [];
        if (!Directory.Exists(path))
            return [];
        return Directory.EnumerateFiles(path, "*", _files).AsParallel().Where(IsOneOfOurs).Order(StringComparer.Ordinal);
    }

    static readonly EnumerationOptions _files = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };

    // The file is an action's, so its owner may look into one that even the owner must not read. A name that is not UTF-8 cannot be looked up, nor stored.
    static bool IsOneOfOurs(string path)
    {
        if (!Posix.TryStat(path, out var stat) || !stat.IsFile || stat.Size > LargestBytes)
            return false;
        if ((stat.Mode & OwnerReads) != 0)
            return IsOne(path);
        Posix.ChangeMode(path, stat.Mode | OwnerReads);
        var isOne = IsOne(path);
        Posix.ChangeMode(path, stat.Mode);
        return isOne;
    }

    const uint OwnerReads = 0x100;

    static bool IsOne(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf("PRIVATE KEY"u8) >= 0)
            return Pem().IsMatch(Encoding.Latin1.GetString(bytes));
        foreach (var beginning in _dropbear)
        {
            if (bytes.StartsWith(beginning))
                return true;
        }

        return false;
    }

    // A line of data must follow, after headers if there are any: programs and texts only name the label.
    [GeneratedRegex(@"^-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----\r?\n([^\n]{0,200}\n){0,9}?[A-Za-z0-9+/]{32,}={0,2}\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Pem();
}
