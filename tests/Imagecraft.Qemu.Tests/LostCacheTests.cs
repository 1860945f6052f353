// Power failures under write load, with disks that lose what was not flushed: the image boots again, and has all that it said was safe.

using System.Globalization;
using Imagecraft.TestKit;

namespace Imagecraft.Qemu.Tests;

public sealed class LostCacheTests
{
    private const int UsualFailures = 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_that_was_synced_is_lost_by_power_failures_and_every_boot_succeeds()
    {
        int failures = int.TryParse(Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_POWER_FAILURES"), CultureInfo.InvariantCulture, out int more) ? more : UsualFailures;
        await using Machine machine = await Machine.StartAsync(new() { VolatileCache = true }, Cancellation);
        for (int number = 0, safe = 0; number < failures; number++)
        {
            // At another moment each time, after something was said to be safe.
            await WriteLoad.StartAsync(machine, safe, 1 + number % 5, Cancellation);

            // From a disk that loses all to one that loses next to nothing, in an order of its own.
            await machine.PowerFailureAsync(surviving: number % 4 / 3.0, seed: number, Cancellation);

            safe = await WriteLoad.KeptAsync(machine, Cancellation);
            TestContext.Current.TestOutputHelper?.WriteLine($"{number + 1}: {safe} kept");
        }
    }
}
