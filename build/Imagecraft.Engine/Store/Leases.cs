// The lease that this process holds on a store, shared by all who ask for one. Unaware of builds.

namespace Imagecraft.Engine.Store;

/// <summary>At most one lease at a time.</summary>
/// <param name="folder">The store.</param>
/// <param name="ended">Done when the last holder lets go, while the lease still protects.</param>
internal sealed class Leases(StoreFolder folder, Action ended)
{
    private readonly Lock _guard = new();

    /// <summary>The lease that is held, if any.</summary>
    internal Lease? Current { get; private set; }

    /// <summary>One more holder.</summary>
    internal Lease Begin()
    {
        lock (_guard)
            return Current = Current?.Share() ?? new Lease(folder.LeaseFolder, End);
    }

    private void End()
    {
        lock (_guard)
            Current = null;
        ended();
    }
}
