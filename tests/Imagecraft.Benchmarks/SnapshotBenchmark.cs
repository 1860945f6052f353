// What a machine for one check more costs, restored from the snapshot of a boot. Unaware of what is checked.

using System.Diagnostics;
using System.Globalization;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;
using Imagecraft.Qemu.Snapshots;

namespace Imagecraft.Benchmarks;

/// <summary>Prints the times of a boot, of taking its snapshot, and of machines that go on from it until their first command has ended and they are gone again.</summary>
internal static class SnapshotBenchmark
{
    private const int Rounds = 20;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static async Task<int> RunAsync(string machineFile)
    {
        var machine = MachineDescription.FromJson(await File.ReadAllTextAsync(machineFile));
        var folder = Directory.CreateTempSubdirectory("imagecraft-benchmark-");
        try
        {
            MachineSnapshot snapshot;
            var booted = await QemuMachine.StartAsync(MachineDisk.OnOverlay(machine, Path.Combine(folder.FullName, "disk")), null, CancellationToken.None);
            await using (booted)
            {
                await booted.Console.LoginAsync(LoginOptions.Root, CancellationToken.None);
                Print("boot to login", booted.Console.BootTime!.Value.TotalSeconds, "");
                var started = Stopwatch.GetTimestamp();
                snapshot = await MachineSnapshot.TakeAsync(booted, folder.FullName, CancellationToken.None);
                Print("take the snapshot", Stopwatch.GetElapsedTime(started).TotalSeconds, "");
            }

            var seconds = new List<double>();
            for (var round = 0; round < Rounds; round++)
            {
                var started = Stopwatch.GetTimestamp();
                await using (var again = await snapshot.RestoreAsync(null, CancellationToken.None))
                    await again.Console.RunAsync("true", Limit, CancellationToken.None);
                seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            }

            Print("one check more", Row.MedianOf(seconds), $"median of {Rounds}, {Row.Spread(seconds)}; at most 1 s");
            return Row.MedianOf(seconds) <= 1 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Print(string what, double seconds, string remark) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-20} {seconds:0.000} s  {remark}").TrimEnd());
}
