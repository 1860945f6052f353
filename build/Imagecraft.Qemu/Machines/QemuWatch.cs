// Looks at a running QEMU from outside of the machine's console. Unaware of what is awaited there.

using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Machines;

/// <summary>QEMU by its process and its control connection.</summary>
internal sealed partial class QemuWatch(ChildProcess process, QmpClient qmp, Socket console) : IMachineWatch
{
    // Linux, asm-generic/ioctls.h: SIOCOUTQ, bytes that the other end has not read, with the kernel's own overhead; unix(7).
    private const nuint UnreadByPeer = 0x5411;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan BusyLimit = TimeSpan.FromMilliseconds(500);

    public TimeSpan Starved => process.Starved();

    public int Unread
    {
        get
        {
            try
            {
                return Ioctl(console.SafeHandle, UnreadByPeer, out int bytes) == 0 ? bytes : 0;
            }
            catch (ObjectDisposedException)
            {
                // The console is closed already.
                return 0;
            }
        }
    }

    /// <remarks>Source: QEMU's documentation, QMP reference, <c>query-status</c> and <c>RunState</c>.</remarks>
    public async Task<string?> TroubleAsync(CancellationToken cancellationToken)
    {
        TimeSpan starved = Starved;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            JsonNode? status = await qmp.ExecuteAsync("query-status", null, limit.Token);
            return status?["status"]?.GetValue<string>() switch
            {
                null or "running" => null,
                "io-error" => "QEMU has stopped it because the host failed to read or write its disk; is the host's disk full?",
                var state => $"QEMU has stopped it, state `{state}`",
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Starved - starved > AnswerLimit / 2 ? null : $"QEMU itself does not answer within {AnswerLimit.TotalSeconds:0} s; it is stopped, or hangs";
        }
        catch (IOException)
        {
            // It has ended; the console sees its own end too.
            return null;
        }
    }

    /// <remarks>Source: QEMU's documentation, QMP reference, <c>query-cpus-fast</c>; proc_pid_stat(5). Where one thread runs all CPUs, none is told apart.</remarks>
    public async Task<string?> BusyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            JsonArray cpus = await qmp.ExecuteAsync("query-cpus-fast", null, limit.Token) as JsonArray ?? [];
            (int Cpu, int Thread)[] threads = [.. cpus.OfType<JsonObject>().Select(cpu => (cpu["cpu-index"]!.GetValue<int>(), cpu["thread-id"]!.GetValue<int>()))];
            if (threads.Select(cpu => cpu.Thread).Distinct().Count() != threads.Length)
                return null;
            TimeSpan[] before = [.. threads.Select(cpu => process.UsedBy(cpu.Thread))];
            long started = Stopwatch.GetTimestamp();
            await Task.Delay(BusyLimit, limit.Token);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            int[] busy = [.. threads.Where((cpu, index) => process.UsedBy(cpu.Thread) - before[index] > elapsed * 0.9).Select(cpu => cpu.Cpu)];
            return busy.Length == 0 ? null : $"of its {threads.Length} CPUs [{string.Join(", ", busy)}] {(busy.Length == 1 ? "runs" : "run")} without a pause";
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    public async Task BreakAsync(CancellationToken cancellationToken)
    {
        try
        {
            await qmp.ExecuteAsync("chardev-send-break", new JsonObject { ["id"] = QemuArguments.ConsoleDevice }, cancellationToken);
        }
        catch (IOException)
        {
            // As above.
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(SafeHandle handle, nuint request, out int bytes);
}
