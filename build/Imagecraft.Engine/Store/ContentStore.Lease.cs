// Opens the lease of a running build. Unaware of builds.

namespace Imagecraft.Engine.Store;

public sealed partial class ContentStore
{
    /// <summary>The lease this store object holds, if any.</summary>
    internal Lease? Lease { get; private set; }

    /// <summary>From now until the lease is disposed or the process ends, no garbage collection takes what is stored, found or read through this object.</summary>
    public Lease BeginLease() => Lease ??= new Lease(Path.Combine(Root, "leases"), () => Lease = null);
}
