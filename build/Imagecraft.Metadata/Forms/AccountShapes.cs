// The shapes of what stands in the account files of a board: names, ids, owners, shells, hashes of passwords, public keys. Unaware of which accounts there are.

using System.Globalization;
using System.Text.RegularExpressions;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms;

/// <summary>Shapes of accounts. Source: passwd(5), useradd(8), crypt(5), sshd(8).</summary>
static partial class AccountShapes
{
    const string NamePattern = "^[a-z_][a-z0-9_-]{0,31}";

    /// <summary>All ones in 16 bits: what system calls take for "leave it as it is".</summary>
    const int NoId = 65535;

    /// <summary>The name of a user or group.</summary>
    public static Shape<Sited<string>> Name { get; } = new Scalar<string>(
        "a name of at most 32 lowercase letters, digits, `_` and `-`, no digit first", text => (text, NameForm().IsMatch(text)),
        () => new() { ["type"] = "string", ["pattern"] = NamePattern + "$" });

    /// <summary>The number of a user or group.</summary>
    public static Shape<Sited<int>> Id { get; } = new Scalar<int>(
        $"a number from 0 to {int.MaxValue}, but not {NoId}",
        text => (IdOf(text) ?? 0, IdOf(text) is not null),
        () => new() { ["type"] = "integer", ["minimum"] = 0 });

    /// <summary>A user or group by name or number.</summary>
    public static Shape<Sited<string>> NameOrId { get; } = new Scalar<string>(
        "the name or the number of an account", text => (text, NameForm().IsMatch(text) || IdOf(text) is not null),
        () => new() { ["type"] = new System.Text.Json.Nodes.JsonArray("string", "integer") },
        text => (Codes.WrongFormat, text.Contains(':') ? "Write `owner:` and `group:`, each on its own" : null));

    /// <summary>A path that a field of the account files can hold.</summary>
    public static Shape<Sited<string>> Path { get; } = new Scalar<string>(
        "an absolute path without `:` and wildcards, such as `/bin/sh`", text => (text, TargetPaths.IsFile(text) && !text.Contains(':')),
        () => new() { ["type"] = "string", ["pattern"] = "^/[^:*?]+$" });

    /// <summary>A hash that says its method; empty text where no password is asked. What was written instead is not repeated: it may be the password.</summary>
    public static Shape<Sited<string>> Password { get; } = new Scalar<string>(
        "a crypt(3) hash that begins with its method, such as `$6$`, or empty text where none is asked", text => (text, text.Length == 0 || PasswordHash().IsMatch(text)),
        () => new() { ["type"] = "string" },
        text => (Codes.WrongFormat, text is "!" or "*" or "x" or "!!" or "!*" ? "Write `locked: true` where nobody may log in" : "`openssl passwd -6` and `mkpasswd --method=yescrypt` print one; put it in quotes"))
    {
        IsSecret = true,
    };

    /// <summary>A line of `authorized_keys`.</summary>
    public static Shape<Sited<string>> PublicKey { get; } = new Scalar<string>(
        "a line of a public key such as `ssh-ed25519 AAAA... name`", text => (text, IsPublicKey(text)),
        () => new() { ["type"] = "string" },
        text => (Codes.WrongFormat, text.Contains("PRIVATE KEY", StringComparison.Ordinal) ? "This is the private half, which must not leave its owner; write the line of the file with the ending `.pub`" : "Write the one line of the file `.ssh/id_*.pub` as it is"))
    {
        IsSecret = true,
    };

    static int? IdOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != NoId && id.ToString(CultureInfo.InvariantCulture) == text ? id : null;

    static bool IsPublicKey(string text)
    {
        if (KeyLine().Match(text) is not { Success: true } line)
            return false;
        var type = line.Groups["type"].Value;
        var blob = new byte[line.Groups["key"].Length];
        // The type stands within the key again, behind its length. Source: RFC 4253, section 6.6.
        return Convert.TryFromBase64String(line.Groups["key"].Value, blob, out var length)
            && length > 4 + type.Length
            && System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(blob) == type.Length
            && System.Text.Encoding.ASCII.GetString(blob, 4, type.Length) == type;
    }

    [GeneratedRegex(NamePattern + WholeText.End)]
    private static partial Regex NameForm();

    // Those of crypt(5) that tell their method: a word of 13 letters may be a hash of DES, or the password.
    [GeneratedRegex(
        @"^(\$(y|gy)\$[./A-Za-z0-9]+\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}|\$7\$[./A-Za-z0-9]{11,97}\$[./A-Za-z0-9]{43}|\$2[abxy]\$[0-9]{2}\$[./A-Za-z0-9]{53}"
        + @"|\$6\$(rounds=[1-9][0-9]+\$)?[^$:\n]{1,16}\$[./0-9A-Za-z]{86}|\$5\$(rounds=[1-9][0-9]+\$)?[^$:\n]{1,16}\$[./0-9A-Za-z]{43}|\$1\$[^$:\n]{1,8}\$[./0-9A-Za-z]{22})" + WholeText.End, RegexOptions.ExplicitCapture)]
    private static partial Regex PasswordHash();

    [GeneratedRegex(@"^(\S.* )?(?<type>ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) (?<key>[A-Za-z0-9+/]+={0,2})( [^\n]*)?" + WholeText.End, RegexOptions.ExplicitCapture)]
    private static partial Regex KeyLine();
}
