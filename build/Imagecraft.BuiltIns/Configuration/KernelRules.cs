// Configurations that a kernel must not be built with here, though Kconfig takes them: what would fail after hours, come out differently each time, or leave a secret behind.

namespace Imagecraft.BuiltIns.Configuration;

/// <summary>Holds a kernel's final configuration against what its build needs and promises.</summary>
/// <param name="final">Values by symbol, without <c>CONFIG_</c>.</param>
/// <param name="host">The tools that the build will have.</param>
/// <param name="files">The kernel's sources.</param>
internal sealed class KernelRules(IReadOnlyDictionary<string, string> final, HostTools host, KconfigFiles files)
{
    private const string KernelSeedScript = "scripts/gen-randstruct-seed.sh";

    // What the kernel's makefiles run or include without Kconfig asking for it first: a program, or a file of the tool root.
    private static readonly (string Symbol, string Need)[] Needs =
    [
        .. Compressors("KERNEL_"), .. Compressors("INITRAMFS_COMPRESSION_"), .. Compressors("MODULE_COMPRESS_"),
        ("IKHEADERS", "cpio"), ("DRM_MSM", "python3"),
        ("OBJTOOL", "usr/include/gelf.h"), ("DEBUG_INFO_BTF", "usr/include/gelf.h"), ("SYSTEM_TRUSTED_KEYRING", "usr/include/openssl/bio.h"), ("SYSTEM_REVOCATION_LIST", "usr/include/openssl/bio.h"),
    ];

    /// <summary>Each symbol that is refused, with reason and remedy.</summary>
    public IEnumerable<(string Symbol, string Reason)> Refusals() => [.. MissingTools(), .. ModuleSignatures(), .. Seeds(), .. Times(), .. ModuleLoading()];

    private IEnumerable<(string Symbol, string Reason)> MissingTools()
    {
        var plugins = final.Keys.Where(s => s.StartsWith("GCC_PLUGIN_", StringComparison.Ordinal)).Select(s => (Symbol: s, Need: "g++"));
        return Needs.Concat(plugins)
            .Where(n => IsSet(n.Symbol) && (CompressesModules || !n.Symbol.StartsWith("MODULE_COMPRESS_", StringComparison.Ordinal)) && !host.Has(n.Need))
            .Select(n => (n.Symbol, $"its build needs `{n.Need}`, which is missing in the tool root; name one that has it in the recipe's `tools`, such as `kernel`"));
    }

    // Source: the kernel's certs/Makefile makes up a key of this name; scripts/Makefile.modinst signs.
    private IEnumerable<(string Symbol, string Reason)> ModuleSignatures()
    {
        var key = final.GetValueOrDefault("MODULE_SIG_KEY", "").Trim('"');
        const string remedy = "Give the certificate alone by `CONFIG_SYSTEM_TRUSTED_KEYS`, set `CONFIG_MODULE_SIG_KEY=\"\"`, unset `CONFIG_MODULE_SIG_ALL` and sign modules after the build; or unset";
        if (key == "certs/signing_key.pem")
            yield return ("MODULE_SIG_KEY", $"the build would make up a private key: two builds differ, and the key would lie in the cache for all to read. {remedy} {Askers()}");
        else if (IsSet("MODULE_SIG_ALL"))
            yield return ("MODULE_SIG_ALL", $"modules are signed with a private key, which would lie in the cache for all to read. {remedy} {Askers()}");
        else if (key.StartsWith("pkcs11:", StringComparison.Ordinal))
            yield return ("MODULE_SIG_KEY", $"no key store reaches a build. {remedy} {Askers()}");
    }

    private IEnumerable<(string Symbol, string Reason)> Seeds() =>
        new[] { "RANDSTRUCT", "GCC_PLUGIN_RANDSTRUCT" }.FirstOrDefault(IsSet) is { } symbol && files.Text(KernelSeedScript) is null
            ? [(symbol, $"this kernel draws the seed of layouts by chance and has no `{KernelSeedScript}` (since 5.19) in whose place one could be given, so two builds differ; unset it")]
            : [];

    private IEnumerable<(string Symbol, string Reason)> Times() =>
        new[] { "KERNEL_LZO", "INITRAMFS_COMPRESSION_LZO" }.Where(IsSet).Select(s => (s, "`lzop` writes the time of the build into what it packs, so two builds differ; choose another compressor, such as LZ4"));

    // busybox unpacks XZ itself; the program that indexes modules (kmod of the feed) does not know gzip.
    private IEnumerable<(string Symbol, string Reason)> ModuleLoading()
    {
        if (IsSet("MODULE_COMPRESS_ZSTD") && CompressesModules && !IsSet("MODULE_DECOMPRESS"))
            yield return ("MODULE_COMPRESS_ZSTD", "busybox' `modprobe` cannot unpack such modules; set `CONFIG_MODULE_DECOMPRESS=y`, with which the kernel does, or choose `CONFIG_MODULE_COMPRESS_XZ`");
        if (IsSet("MODULE_COMPRESS_GZIP") && CompressesModules)
            yield return ("MODULE_COMPRESS_GZIP", "the program that indexes the image's modules cannot read such; choose `CONFIG_MODULE_COMPRESS_XZ`");
    }

    // Before 6.12, choosing a compressor compressed all modules.
    private bool CompressesModules => IsSet("MODULE_COMPRESS_ALL") || !final.ContainsKey("MODULE_COMPRESS");

    private string Askers() => $"[{string.Join(", ", new[] { "MODULE_SIG", "SECURITY_LOCKDOWN_LSM", "IMA_APPRAISE_MODSIG" }.Where(IsSet))}]";

    private bool IsSet(string symbol) => final.GetValueOrDefault(symbol) == "y";

    private static IEnumerable<(string Symbol, string Need)> Compressors(string prefix) =>
        new[] { ("GZIP", "gzip"), ("BZIP2", "bzip2"), ("LZMA", "lzma"), ("XZ", "xz"), ("LZ4", "lz4"), ("ZSTD", "zstd") }.Select(c => (prefix + c.Item1, c.Item2));
}
