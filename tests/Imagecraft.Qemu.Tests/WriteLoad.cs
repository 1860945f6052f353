// Writes without a pause, partly as programs do that mean to be safe. Unaware of what becomes of the machine meanwhile.

using System.Globalization;
using System.Text.RegularExpressions;
using Imagecraft.TestKit;

namespace Imagecraft.Qemu.Tests;

/// <summary>A load of writes below <c>/root</c> that tells what is safe.</summary>
internal static partial class WriteLoad
{
    // Counts in a file that it replaces as programs do that mean to be safe, and says so on the console after each; beside it, files come and go without that care.
    private const string Programs = """
        printf '#!/bin/sh\nn=$1\nwhile :; do n=$((n+1)); echo $n > /root/count.new; fsync /root/count.new; mv /root/count.new /root/count; fsync /root; echo "safe <$n>" > /dev/console; done\n' > /tmp/count
        printf '#!/bin/sh\nwhile :; do for f in 1 2 3 4 5 6 7 8; do head -c 70000 /dev/urandom > /root/junk.$f; done; rm -f /root/junk.[1-4]; mv /root/junk.5 /root/junk.x; dd if=/dev/urandom of=/root/junk.y bs=64k count=4 oflag=direct; done\n' > /tmp/churn
        chmod +x /tmp/count /tmp/churn
        """;

    /// <summary>Starts it, and waits until it has said for <paramref name="steps"/> numbers after <paramref name="safe"/> that they are safe.</summary>
    public static async Task StartAsync(Machine machine, int safe, int steps, CancellationToken cancellationToken)
    {
        await machine.ExpectAsync($"{Programs}\n/tmp/churn > /dev/null 2>&1 & /tmp/count {safe} > /dev/null 2>&1 &", cancellationToken: cancellationToken);
        await machine.WaitForConsoleAsync($"safe <{safe + steps}>", TimeSpan.FromMinutes(3), cancellationToken);
    }

    /// <summary>Fails when a number that was said to be safe is not in the file, or the kernel has found its file system in disorder; otherwise gives the number in the file.</summary>
    public static async Task<int> KeptAsync(Machine machine, CancellationToken cancellationToken)
    {
        // The console's log has all that was said, also what came after the look.
        int said = Safe().Matches(machine.ConsoleText()).Max(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        int kept = int.Parse(await machine.ExpectAsync("cat /root/count", cancellationToken: cancellationToken), CultureInfo.InvariantCulture);
        Assert.True(kept >= said, $"The file says {kept}, though {said} was said to be safe");
        Assert.DoesNotMatch("EXT4-fs (error|warning)", await machine.ExpectAsync("dmesg", cancellationToken: cancellationToken));
        return kept;
    }

    [GeneratedRegex(@"safe <(\d+)>")]
    private static partial Regex Safe();
}
