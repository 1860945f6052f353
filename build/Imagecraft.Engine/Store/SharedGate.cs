// Lets any number of threads and processes write while no garbage collection deletes. Unaware of what is written.

using Imagecraft.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Store;

/// <summary>The shared side of the store's lock file, taken by the first thread that enters and released by the last that leaves.</summary>
internal sealed class SharedGate(SafeFileHandle lockFile)
{
    private readonly Lock _guard = new();
    private int _inside;

    internal Pass Enter()
    {
        lock (_guard)
        {
            if (_inside == 0)
                Posix.Lock(lockFile, LockKind.Shared);
            _inside++;
        }

        return new Pass(this);
    }

    private void Leave()
    {
        lock (_guard)
        {
            if (--_inside == 0)
                Posix.Lock(lockFile, LockKind.None);
        }
    }

    internal readonly struct Pass(SharedGate gate) : IDisposable
    {
        public void Dispose() => gate.Leave();
    }
}
