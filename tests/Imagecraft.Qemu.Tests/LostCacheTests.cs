// Power failures under write load, with disks that lose what was not flushed: the image boots again, and has all that it said was safe.

using System.Globalization;
using System.Text.RegularExpressions;
using Imagecraft.TestKit;

namespace Imagecraft.Qemu.Tests;

public sealed partial class LostCacheTests
{
    private const int UsualFailures = 4;

    // Counts in a file that it replaces as programs do that mean to be safe, and says so on the console after each; beside it, files come and go without that care.
    private const string Load = """
        printf '#!/bin/sh\nn=$1\nwhile :; do n=$((n+1)); echo $n > /root/count.new; fsync /root/count.new; mv /root/count.new /root/count; fsync /root; echo "safe <$n>" > /dev/console; done\n' > /tmp/count
        printf '#!/bin/sh\nwhile :; do for f in 1 2 3 4 5 6 7 8; do head -c 70000 /dev/urandom > /root/junk.$f; done; rm -f /root/junk.[1-4]; mv /root/junk.5 /root/junk.x; dd if=/dev/urandom of=/root/junk.y bs=64k count=4 oflag=direct; done\n' > /tmp/churn
        chmod +x /tmp/count /tmp/churn
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_that_was_synced_is_lost_by_power_failures_and_every_boot_succeeds()
    {
        int failures = int.TryParse(Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_POWER_FAILURES"), CultureInfo.InvariantCulture, out int more) ? more : UsualFailures;
        await using Machine machine = await Machine.StartAsync(new() { VolatileCache = true }, Cancellation);
        for (int number = 0, safe = 0; number < failures; number++)
        {
            await machine.ExpectAsync($"{Load}\n/tmp/churn > /dev/null 2>&1 & /tmp/count {safe} > /dev/null 2>&1 &", cancellationToken: Cancellation);
            // At another moment each time, after something was said to be safe.
            await machine.WaitForConsoleAsync($"safe <{safe + 1 + number % 5}>", TimeSpan.FromMinutes(3), Cancellation);

            // From a disk that loses all to one that loses next to nothing, in an order of its own.
            await machine.PowerFailureAsync(surviving: number % 4 / 3.0, seed: number, Cancellation);

            // The console's log has all that was said before the failure, also what came after the look.
            int said = Safe().Matches(machine.ConsoleText()).Max(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
            int kept = int.Parse(await machine.ExpectAsync("cat /root/count", cancellationToken: Cancellation), CultureInfo.InvariantCulture);
            Assert.True(kept >= said, $"After failure {number + 1} the file says {kept}, though {said} was said to be safe");
            Assert.DoesNotMatch("EXT4-fs (error|warning)", await machine.ExpectAsync("dmesg", cancellationToken: Cancellation));
            TestContext.Current.TestOutputHelper?.WriteLine($"{number + 1}: {said} safe, {kept} kept");
            safe = kept;
        }
    }

    [GeneratedRegex(@"safe <(\d+)>")]
    private static partial Regex Safe();
}
