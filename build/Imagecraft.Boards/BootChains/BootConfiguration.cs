// What U-Boot's final configuration says of the disk: where its environment lies and its next stage is looked for. Unaware of boards.

using System.Globalization;

namespace Imagecraft.Boards.BootChains;

/// <summary>Places by a final configuration.</summary>
/// <param name="text">A final <c>.config</c>.</param>
/// <remarks>Source: U-Boot, env/Kconfig and common/spl/Kconfig.</remarks>
internal sealed class BootConfiguration(string text)
{
    private readonly Dictionary<string, string> values = text.Split('\n')
        .Where(line => line.StartsWith("CONFIG_", StringComparison.Ordinal))
        .Select(line => line.Split('=', 2))
        .Where(pair => pair.Length == 2)
        .GroupBy(pair => pair[0]["CONFIG_".Length..])
        .ToDictionary(pairs => pairs.Key, pairs => pairs.Last()[1], StringComparer.Ordinal);

    /// <summary>Where U-Boot writes on the disk by itself; null when it keeps its environment elsewhere.</summary>
    public DiskRange? Environment => IsSet("ENV_IS_IN_MMC") && Number("ENV_OFFSET") is { } offset && Number("ENV_SIZE") is { } size ? new("U-Boot's environment", offset, offset + size) : null;

    /// <summary>Byte of the disk at which SPL looks for the next stage; null when it goes by partition or asks the ROM.</summary>
    public long? NextOffset => IsSet("SPL_SYS_MMCSD_RAW_MODE") && IsSet("SYS_MMCSD_RAW_MODE_U_BOOT_USE_SECTOR") ? Number("SYS_MMCSD_RAW_MODE_U_BOOT_SECTOR") * Gpt.Sector : null;

    /// <summary>Number of the partition in which SPL looks for the next stage.</summary>
    public long? NextPartition => IsSet("SPL_SYS_MMCSD_RAW_MODE") && IsSet("SYS_MMCSD_RAW_MODE_U_BOOT_USE_PARTITION") ? Number("SYS_MMCSD_RAW_MODE_U_BOOT_PARTITION") : null;

    private bool IsSet(string symbol) => values.GetValueOrDefault(symbol) == "y";

    private long? Number(string symbol)
    {
        var value = values.GetValueOrDefault(symbol, "");
        var isHexadecimal = value.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return long.TryParse(isHexadecimal ? value[2..] : value, isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
