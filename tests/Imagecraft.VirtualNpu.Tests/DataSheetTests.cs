// The data sheet says what the device is.

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Imagecraft.Vnpu.Commands;
using Imagecraft.VirtualNpu.Jobs;

namespace Imagecraft.VirtualNpu.Tests;

public sealed partial class DataSheetTests
{
    private static readonly string Sheet = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "virtual-npu.md"));

    [Fact]
    public void Every_register_stands_at_its_offset() => Assert.Equal(
        Enum.GetValues<Register>().Select(register => ((uint)register, register.ToString())),
        RegisterRow().Matches(Sheet).Select(row => (uint.Parse(row.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture), row.Groups[2].Value)));

    [Fact]
    public void Every_operation_and_every_status_has_its_number()
    {
        Assert.Equal(Enum.GetValues<Operation>().Where(operation => operation != Operation.None).Select(operation => (int)operation), Numbers("## Commands", "| operation |"));
        Assert.Equal(Enum.GetValues<JobStatus>().Where(status => status != JobStatus.None).Select(status => (int)status), Numbers("## Jobs", "| status |"));
    }

    [Fact]
    public void Everything_in_memory_has_the_size_that_is_told()
    {
        Assert.Equal((128, 64, 32, 32, 8), (Marshal.SizeOf<Command>(), Marshal.SizeOf<JobDescriptor>(), Marshal.SizeOf<JobBuffer>(), Marshal.SizeOf<CompletionRecord>(), Marshal.SizeOf<ChannelParameters>()));
        Assert.Equal(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vnpu-1.bin")), Firmware.Whole.Write());
        Assert.Equal("VNPU-FW\0"u8, Firmware.Whole.Write().AsSpan(0, 8));
    }

    [GeneratedRegex(@"^\| 0x([0-9a-f]+) \| `(\w+)`", RegexOptions.Multiline)]
    private static partial Regex RegisterRow();

    private static IEnumerable<int> Numbers(string section, string table)
    {
        var at = Sheet.IndexOf(table, Sheet.IndexOf(section, StringComparison.Ordinal), StringComparison.Ordinal);
        return Sheet[at..].Split('\n').Skip(2).TakeWhile(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => int.Parse(line.Split('|')[1], CultureInfo.InvariantCulture));
    }
}
