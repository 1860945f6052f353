// Gathers the inputs that a command line names. Unaware of how they are used.

using Imagecraft.Infer.Data;
using Imagecraft.Infer.Network;

namespace Imagecraft.Infer.Commands;

static class Inputs
{
    public const string One = "--input", Folder = "--inputs";

    /// <summary>All <c>NAME.npy</c> of the folder that are named like inputs of the model, then single ones, which win.</summary>
    public static Dictionary<string, Tensor> Read(Arguments arguments, Net net)
    {
        var inputs = new Dictionary<string, Tensor>();
        foreach (var folder in arguments.All(Folder))
        {
            if (!Directory.Exists(folder))
                throw new InferException($"The folder of inputs `{folder}` does not exist");
            foreach (var port in net.Inputs)
                if (Path.Combine(folder, Npy.FileName(port.Name)) is var path && File.Exists(path))
                    inputs[port.Name] = Npy.Read(path);
        }
        foreach (var (name, tensor) in arguments.All(One).Select(InputFile.Read))
        {
            net.Input(name);
            inputs[name] = tensor;
        }
        return inputs;
    }
}
