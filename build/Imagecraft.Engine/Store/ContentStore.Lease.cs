// Opens the lease of a running build. Unaware of builds.

namespace Imagecraft.Engine.Store;

public sealed partial class ContentStore
{
    private readonly Lock _leasing = new();

    /// <summary>The lease this store object holds, if any.</summary>
    internal Lease? Lease { get; private set; }

    /// <summary>
    /// From now until the lease is disposed or the process ends, no garbage collection takes what is stored, found or read through this object.
    /// Its end makes what was stored survive a power failure.
    /// </summary>
    public Lease BeginLease()
    {
        lock (_leasing)
            return Lease = Lease?.Share() ?? new Lease(Path.Combine(Root, "leases"), EndLease);
    }

    private void EndLease()
    {
        lock (_leasing)
            Lease = null;
        Sync();
    }
}
