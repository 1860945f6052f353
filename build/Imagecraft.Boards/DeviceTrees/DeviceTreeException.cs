// What is thrown when bytes are no device tree.

namespace Imagecraft.Boards.DeviceTrees;

/// <summary>A blob is no flattened device tree; the message follows its name: <c>is cut: ...</c>.</summary>
public sealed class DeviceTreeException(string message) : Exception(message);
