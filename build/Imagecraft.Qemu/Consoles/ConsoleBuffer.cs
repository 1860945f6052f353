// Text of a console as it comes, with positions. Unaware of what the text means.

namespace Imagecraft.Qemu.Consoles;

/// <summary>Grows at the end by one writer, is read by position, and tells when it has changed. Old text may be forgotten.</summary>
internal sealed class ConsoleBuffer
{
    private readonly Lock gate = new();
    private char[] text = new char[64 * 1024];
    private int length;
    private long first;
    private bool completed;
    private TaskCompletionSource changed = NewSignal();

    /// <summary>Position after the last character.</summary>
    public long End
    {
        get
        {
            lock (gate)
                return first + length;
        }
    }

    /// <summary>Whether nothing more will come.</summary>
    public bool IsCompleted
    {
        get
        {
            lock (gate)
                return completed;
        }
    }

    /// <summary>Ends at the next change. Take it before looking, so that no change is missed.</summary>
    public Task Changed
    {
        get
        {
            lock (gate)
                return completed ? Task.CompletedTask : changed.Task;
        }
    }

    public void Append(ReadOnlySpan<char> added)
    {
        lock (gate)
        {
            if (length + added.Length > text.Length)
                Array.Resize(ref text, Math.Max(text.Length * 2, length + added.Length));
            added.CopyTo(text.AsSpan(length));
            length += added.Length;
            Signal();
        }
    }

    public void Complete()
    {
        lock (gate)
        {
            completed = true;
            Signal();
        }
    }

    /// <summary>Forgets what lies before <paramref name="position"/>.</summary>
    public void Forget(long position)
    {
        lock (gate)
        {
            int count = (int)Math.Clamp(position - first, 0, length);
            text.AsSpan(count, length - count).CopyTo(text);
            first += count;
            length -= count;
        }
    }

    /// <summary>Position of <paramref name="value"/> at or after <paramref name="from"/>, or -1.</summary>
    public long IndexOf(string value, long from)
    {
        lock (gate)
        {
            int start = (int)Math.Clamp(from - first, 0, length);
            int index = text.AsSpan(start, length - start).IndexOf(value, StringComparison.Ordinal);
            return index < 0 ? -1 : first + start + index;
        }
    }

    /// <summary>Text between two positions, as far as it is still there.</summary>
    public string Slice(long from, long to)
    {
        lock (gate)
        {
            int start = (int)Math.Clamp(from - first, 0, length);
            int end = (int)Math.Clamp(to - first, start, length);
            return new(text, start, end - start);
        }
    }

    private void Signal()
    {
        changed.TrySetResult();
        changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
