// The one exception of this project for problems of the user's making.

namespace Imagecraft.Onnx;

/// <summary>A model, a sample or a setting is wrong: the message names it and the remedy.</summary>
public sealed class OnnxException(string message, Exception? inner = null) : Exception(message, inner);
