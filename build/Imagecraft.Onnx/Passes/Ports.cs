// Finds inputs by name. Unaware of passes.

using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

static class Ports
{
    /// <summary>The input of a name, or an error that lists the inputs there are.</summary>
    public static ValueInfoProto Input(ModelProto model, string name, string file) =>
        OnnxFile.Inputs(model).FirstOrDefault(input => input.Name == name)
        ?? throw new OnnxException($"The model `{file}` has no input `{name}`, it has [{string.Join(", ", OnnxFile.Inputs(model).Select(input => input.Name))}]");
}
