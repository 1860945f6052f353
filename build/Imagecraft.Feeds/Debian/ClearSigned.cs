// Verifies clear-signed OpenPGP messages. Unaware of what they say.

using System.Text;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imagecraft.Feeds.Debian;

/// <summary>Clear-signed text as in <c>InRelease</c>.</summary>
/// <remarks>Source: RFC 9580 section 7, cleartext signature framework.</remarks>
public static class ClearSigned
{
    /// <summary>The signed text without its armour, in the very form that was verified, when at least one signature is good.</summary>
    /// <param name="text">The whole message.</param>
    /// <param name="keyFiles">OpenPGP public keys, armoured or binary: name for messages, and content.</param>
    /// <param name="place">Where the message came from, for messages.</param>
    /// <param name="now">The present, for keys that have expired.</param>
    /// <exception cref="FeedException">Not such a message, or no signature is good: each is told with the reason.</exception>
    public static string Verify(string text, IReadOnlyList<(string Name, byte[] Content)> keyFiles, string place, DateTimeOffset now)
    {
        var message = ClearText.Read(text, place);
        var canonical = Encoding.UTF8.GetBytes(string.Join("\r\n", message.Lines));
        Signatures.Require(() => OpenPgpData.Unarmour(message.Armour, Signatures.Armour), canonical, PgpSignature.CanonicalTextDocument, keyFiles, place, now);
        return string.Join('\n', message.Lines) + "\n";
    }
}
