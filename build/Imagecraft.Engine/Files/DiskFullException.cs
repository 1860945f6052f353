// The disk is full. Unaware of what was to be written.

namespace Imagecraft.Engine.Files;

/// <summary>The disk is full; the message has what was needed and what is free.</summary>
public sealed class DiskFullException(string message, Exception? inner = null) : Exception(message, inner);
