// Drivers of Arm's PrimeCells, which are matched by a number in the device and not by `compatible`. Unaware of indexes.

namespace Imagecraft.Boards.Drivers;

/// <summary>Which source drives a PrimeCell.</summary>
/// <remarks>Source: the bindings of the kernel that name <c>arm,primecell</c>, and the files with a table of <c>amba_id</c>.</remarks>
internal static class AmbaDevices
{
    private static readonly Dictionary<string, string> Sources = new(StringComparer.Ordinal)
    {
        ["arm,pl011"] = "drivers/tty/serial/amba-pl011.c",
        ["arm,pl022"] = "drivers/spi/spi-pl022.c",
        ["arm,pl031"] = "drivers/rtc/rtc-pl031.c",
        ["arm,pl050"] = "drivers/input/serio/ambakmi.c",
        ["arm,pl061"] = "drivers/gpio/gpio-pl061.c",
        ["arm,pl080"] = "drivers/dma/amba-pl08x.c",
        ["arm,pl081"] = "drivers/dma/amba-pl08x.c",
        ["arm,pl111"] = "drivers/gpu/drm/pl111/pl111_drv.c",
        ["arm,pl180"] = "drivers/mmc/host/mmci.c",
        ["arm,pl18x"] = "drivers/mmc/host/mmci.c",
        ["arm,pl330"] = "drivers/dma/pl330.c",
        ["arm,sp805"] = "drivers/watchdog/sp805_wdt.c",
        ["st,stm32-sdmmc2"] = "drivers/mmc/host/mmci.c",
    };

    /// <summary>The driver's file; null for what is no PrimeCell that is known here.</summary>
    public static string? SourceOf(string compatible) => Sources.GetValueOrDefault(compatible);
}
