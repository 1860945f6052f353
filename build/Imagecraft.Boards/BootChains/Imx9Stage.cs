// The containers that the ROM of an i.MX 9 reads, and the one that SPL loads by the ROM's help from behind them. Unaware of disks.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Boards.BootChains;

/// <remarks>Sources: U-Boot, doc/imx/imx95_container.txt (order of containers), arch/arm/mach-imx/image-container.c (where the set ends and U-Boot's container begins), tools/imx8image.c; i.MX 93 Applications Processor Reference Manual, System Boot.</remarks>
internal static class Imx9Stage
{
    private const int MostHeaders = 8;

    // What a container behind the ROM's has, in the order of arch/arm/mach-imx/imx9/container.cfg.
    private static readonly string[] Later = ["atf", "u-boot", "tee"];

    public static FoundStage? Read(ReadOnlyMemory<byte> bytes, StageFindings findings)
    {
        if (!AhabContainer.IsAt(bytes.Span))
        {
            findings.Stage($"has no container (version 0, tag 0x87) where the ROM reads it");
            return null;
        }

        var images = ImmutableArray.CreateBuilder<FoundImage>();
        var notes = ImmutableArray.CreateBuilder<string>();
        long end = 0, set = 0;
        var hasProgram = false;
        for (var i = 0; i < MostHeaders && i * AhabContainer.Room < bytes.Length && AhabContainer.IsAt(bytes.Span[(i * AhabContainer.Room)..]); i++)
        {
            if (One(bytes, i * AhabContainer.Room, i + 1) is not { } container)
                return null;
            // SPL looks behind the last of the set.
            set = (i * AhabContainer.Room) + container.End;
            foreach (var image in container.Images)
            {
                if (image.Type == AhabContainer.Firmware && i > 0)
                    findings.Stage($"has the firmware of the security controller in container {i + 1}; the ROM wants it in the first");
                Found(image, image.Type == AhabContainer.Firmware ? "ele" : image.Core == AhabContainer.CortexM ? "cortex-m" : hasProgram ? $"data {images.Count}" : "spl");
                hasProgram |= image.Type == AhabContainer.Program && image.Core == AhabContainer.CortexA;
            }
        }

        if (!hasProgram)
            findings.Stage($"has no program for the Cortex-A in the containers that the ROM reads");
        var next = (set + AhabContainer.Room - 1) / AhabContainer.Room * AhabContainer.Room;
        if (next < bytes.Length && AhabContainer.IsAt(bytes.Span[(int)next..]) && One(bytes, (int)next, 0) is { } last)
        {
            for (var i = 0; i < last.Images.Length; i++)
                Found(last.Images[i], i < Later.Length ? Later[i] : string.Create(CultureInfo.InvariantCulture, $"image {i + 1}"));
        }
        else
        {
            findings.Stage($"has no container at byte {next}, where SPL looks for U-Boot");
        }

        return new(end, images.ToImmutable()) { Notes = notes.ToImmutable() };

        AhabContainer? One(ReadOnlyMemory<byte> all, int at, int number)
        {
            var name = number == 0 ? "container of SPL's" : string.Create(CultureInfo.InvariantCulture, $"container {number}");
            if (AhabContainer.Read(all[at..], name, findings) is not { } container)
                return null;
            end = Math.Max(end, at + container.End);
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: byte {at}, software version {container.SoftwareVersion}, fuse version {container.FuseVersion}, flags 0x{container.Flags:x}, cores [{string.Join(", ", container.Images.Select(i => i.Core))}]"));
            return container;
        }

        void Found(AhabImage image, string name)
        {
            if (image.Core is not (AhabContainer.CortexM or AhabContainer.CortexA or AhabContainer.SecurityController))
                findings.Image(name, $"is for core {image.Core}, which an i.MX 9 does not have (1: Cortex-M, 2: Cortex-A, 6: security controller)");
            if (image.Data is { } data)
                images.Add(new(name, data, image.Load, image.Type == AhabContainer.Program ? image.Entry : null, image is { Type: AhabContainer.Program, Core: AhabContainer.CortexA } ? InstructionSet.Arm64 : null));
        }
    }
}
