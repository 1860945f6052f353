// Why the accelerator does not take a node. Unaware of nodes.

namespace Imagecraft.Vnpu.Compilation;

/// <summary>Ends the reading of a node that the accelerator does not take; its message is the reason.</summary>
internal sealed class NotTakenException(string reason) : Exception(reason);
