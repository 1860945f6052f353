// The first stages of TI's K3 family on a FAT partition, by the names under which ROM and SPL look for them. Unaware of disks.

using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Imagecraft.Boards.BootChains;

/// <remarks>Sources: U-Boot, doc/board/ti/k3.rst (boot flow) and tools/binman/btool/openssl.py (the certificate's extension and the order of what follows it).</remarks>
internal static class TiK3Stage
{
    private const string First = "/tiboot3.bin", Second = "/tispl.bin", Third = "/u-boot.img", BootInformation = "1.3.6.1.4.1.294.1.9";

    private static readonly Dictionary<string, (string Name, Func<ReadOnlyMemory<byte>, byte[]> Of)> Hashes = new(StringComparer.Ordinal)
    {
        ["2.16.840.1.101.3.4.2.1"] = ("SHA-256", data => SHA256.HashData(data.Span)),
        ["2.16.840.1.101.3.4.2.2"] = ("SHA-384", data => SHA384.HashData(data.Span)),
        ["2.16.840.1.101.3.4.2.3"] = ("SHA-512", data => SHA512.HashData(data.Span)),
    };

    public static void Read(BootVolume volume, StageFindings findings)
    {
        if (volume.Need(First, "the first stage, for the ROM") is { } signed)
            Signed(signed, findings);
        foreach (var (path, who) in new[] { (Second, "the second stage, for the first"), (Third, "U-Boot, for the second stage") })
        {
            if (volume.Need(path, who) is not { } fit)
                continue;
            // What is within may be signed piece by piece, so only the package is judged.
            var within = new StageFindings(path);
            _ = FitStage.Read(fit, within, hasPlainTree: false);
            foreach (var problem in within.Problems)
                findings.Stage($"has a bad file: {problem}");
        }
    }

    // A certificate says what follows it, with size and hash of each piece.
    private static void Signed(ReadOnlyMemory<byte> file, StageFindings findings)
    {
        try
        {
            AsnDecoder.ReadEncodedValue(file.Span, AsnEncodingRules.DER, out _, out _, out var length);
            using var certificate = X509CertificateLoader.LoadCertificate(file.Span[..length]);
            if (certificate.Extensions.FirstOrDefault(e => e.Oid?.Value == BootInformation) is not { } extension)
            {
                findings.Image(First, $"has a certificate without {BootInformation}, which tells the ROM what to load");
                return;
            }

            var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            _ = reader.ReadInteger();
            var count = (int)reader.ReadInteger();
            var at = (long)length;
            for (var i = 1; i <= count && reader.HasData; i++)
                at = Piece(file, reader.ReadSequence(), i, at, findings);
        }
        catch (Exception problem) when (problem is AsnContentException or CryptographicException or OverflowException)
        {
            findings.Image(First, $"does not begin with an X.509 certificate that the ROM can read: {problem.Message.TrimEnd('.')}");
        }
    }

    private static long Piece(ReadOnlyMemory<byte> file, AsnReader piece, int number, long at, StageFindings findings)
    {
        _ = (piece.ReadInteger(), piece.ReadInteger(), piece.ReadInteger(), piece.ReadOctetString());
        var size = (long)piece.ReadInteger();
        var (algorithm, hash) = (piece.ReadObjectIdentifier(), piece.ReadOctetString());
        if (size < 0 || at + size > file.Length)
            findings.Image(First, $"is cut: its piece {number} ends at byte {at + size}, the file at {file.Length}");
        else if (Hashes.GetValueOrDefault(algorithm) is { Of: { } of } known && !of(file.Slice((int)at, (int)size)).AsSpan().SequenceEqual(hash))
            findings.Image(First, $"has another {known.Name} of its piece {number} than its certificate says");
        return at + Math.Max(size, 0);
    }
}
