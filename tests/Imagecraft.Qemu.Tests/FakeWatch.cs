// Stands for QEMU's view on a fake machine, and for a kernel that answers a break on its serial line.

using System.Diagnostics;
using System.Text;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Tests;

/// <summary>A break, followed by a key, goes to the machine's <c>kernel</c> process as a signal, and the key does not reach its terminal.</summary>
internal sealed class FakeWatch : IMachineWatch
{
    /// <summary>A process of the machine that prints the help text; for scripts.</summary>
    public const string Kernel = """
        sh -c 'trap "printf \"[    5.000000] sysrq: HELP : loglevel(0-9) reboot(b)\\r\\n\"" USR1; echo $$ > "$HOME/kernel"; while [ -d "$HOME" ] && kill -0 "$TEST_HOST"; do sleep 0.05; done' &
        while [ ! -s "$HOME/kernel" ]; do sleep 0.02; done

        """;

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private string? folder;
    private bool broken;

    public string? Trouble { get; set; }

    public string? Busy { get; set; }

    /// <summary>Nothing that is typed arrives any more.</summary>
    public bool IsDead { get; set; }

    public int Breaks { get; private set; }

    /// <summary>Share of the time in which the host lets the machine stand still.</summary>
    public double StarvedShare { get; set; }

    public TimeSpan Starved => clock.Elapsed * StarvedShare;

    public int Unread { get; set; }

    public Task<string?> TroubleAsync(CancellationToken cancellationToken) => Task.FromResult(Trouble);

    public Task<string?> BusyAsync(CancellationToken cancellationToken) => Task.FromResult(Busy);

    public Task BreakAsync(CancellationToken cancellationToken)
    {
        Breaks++;
        broken = true;
        return Task.CompletedTask;
    }

    public Stream On(Stream keyboard, string machineFolder)
    {
        folder = machineFolder;
        return new Keyboard(this, keyboard);
    }

    public async Task SignalAsync(string signal)
    {
        string id = (await File.ReadAllTextAsync(Path.Combine(folder!, "kernel"))).Trim();
        using Process kill = Process.Start("kill", [$"-{signal}", id]);
        await kill.WaitForExitAsync();
    }

    private sealed class Keyboard(FakeWatch watch, Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            bool isKey = watch.broken && Encoding.ASCII.GetString(buffer.Span) == "h" && File.Exists(Path.Combine(watch.folder!, "kernel"));
            watch.broken = false;
            if (watch.IsDead)
                return;
            if (isKey)
                await watch.SignalAsync("USR1");
            else
                await inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
