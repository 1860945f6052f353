// Reboots and power failures under write load, on a root that is written to and on one that is only read, with its layer on a partition.

using System.Globalization;
using Imagecraft.Qemu.Tests;
using Imagecraft.TestKit;

namespace Imagecraft.EndToEnd.Tests;

public sealed class EnduranceTests : IDisposable
{
    private const int UsualRounds = 2;

    private const string Written = """
        command-line: "console=ttyAMA0 kpti=off root=$ROOT rw panic=-1"
        partitions: [ { name: root, type: linux, content: rootfs } ]

        """;

    private const string Layered = """
        command-line: "console=ttyAMA0 kpti=off root=$ROOT panic=-1"
        partitions:
          - { name: root, type: linux, content: rootfs }
          - { name: state, type: linux, size: 32 MiB, content: ext4 }

        """;

    private readonly DeskWorkspace _desk = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_that_was_synced_is_lost_and_no_boot_fails(bool isLayered)
    {
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_POWER_FAILURES"), CultureInfo.InvariantCulture, out int more) ? more : UsualRounds;
        _desk.WriteImage("tiny", $"packages: [ base-files, busybox ]\n{(isLayered ? "features: [ readonly-root ]" : "size: 64 MiB")}\n{DeskWorkspace.LayeredKernel}");
        _desk.WriteBoard(isLayered ? Layered : Written);
        await using Machine machine = await _desk.BootAsync("tiny", hasVolatileCache: true);
        for (int round = 0, safe = 0; round < rounds; round++)
        {
            await WriteLoad.StartAsync(machine, safe, 1 + round % 3, Cancellation);
            await machine.RebootAsync(cancellationToken: Cancellation);
            Assert.DoesNotMatch("(?i)EXT4-fs .*(recover|orphan)", await machine.ExpectAsync("dmesg", cancellationToken: Cancellation));
            safe = await KeptAsync(machine, isLayered);

            await WriteLoad.StartAsync(machine, safe, 1 + round % 3, Cancellation);
            await machine.PowerFailureAsync(surviving: round % 4 / 3.0, seed: round, Cancellation);
            safe = await KeptAsync(machine, isLayered);
            TestContext.Current.TestOutputHelper?.WriteLine($"{round + 1}: {safe} kept");
        }
    }

    public void Dispose() => _desk.Dispose();

    // The layer must lie on its partition, not in memory.
    private static async Task<int> KeptAsync(Machine machine, bool isLayered)
    {
        if (isLayered)
            await machine.ExpectAsync("grep ' /sysroot/state ext4 ' /proc/mounts", cancellationToken: Cancellation);
        return await WriteLoad.KeptAsync(machine, Cancellation);
    }
}
