// A model as it is deployed: network, card and golden files in one folder. Unaware of how networks are run.

using Imagecraft.Infer.Data;
using Imagecraft.Infer.Network;

namespace Imagecraft.Infer.Deployed;

/// <summary>The folder <c>/usr/share/models/NAME</c> of a board.</summary>
/// <param name="ModelPath">The network, <c>model.onnx</c> or <c>model.ort</c>.</param>
/// <param name="Card">What <c>card.json</c> says.</param>
sealed record ModelFolder(string Root, string ModelPath, ModelCard Card)
{
    static readonly string[] Networks = ["model.onnx", "model.ort"];

    /// <summary>Finds network and card, or an error that says which is missing.</summary>
    public static ModelFolder Open(string root)
    {
        if (!Directory.Exists(root))
            throw new InferException(File.Exists(root)
                ? $"`{root}` is a file, expected the folder of a deployed model with its network, card.json and golden"
                : $"The model folder `{root}` does not exist");
        var found = Networks.Select(name => Path.Combine(root, name)).Where(File.Exists).ToArray();
        return found.Length == 1
            ? new(root, found[0], ModelCard.Read(Path.Combine(root, "card.json")))
            : throw new InferException($"The model folder `{root}` has {(found.Length == 0 ? "none" : "more than one")} of [{string.Join(", ", Networks)}], expected one");
    }

    /// <summary>The one input that is not carried: the frames of a sample are its values.</summary>
    public string Sequence(Net net)
    {
        foreach (var input in Card.Carry.Keys)
            net.Input(input);
        var free = net.Inputs.Where(port => !Card.Carry.ContainsKey(port.Name)).Select(port => port.Name).ToArray();
        return free.Length == 1
            ? free[0]
            : throw new InferException($"The card of `{Root}` carries [{string.Join(", ", Card.Carry.Keys)}] and so leaves the inputs [{string.Join(", ", free)}] for the frames, expected one");
    }

    /// <summary>All inputs of a sample, each from <c>golden/SAMPLE/inputs/NAME.npy</c>; the frames must be as many as the card says.</summary>
    public Dictionary<string, Tensor> Inputs(CardSample sample, Net net)
    {
        var inputs = net.Inputs.ToDictionary(port => port.Name, port => Npy.Read(PathOf(sample, "inputs", port.Name)));
        var sequence = Sequence(net);
        var frames = inputs[sequence].Shape is [var count, ..] ? count : 0;
        return frames == sample.Frames
            ? inputs
            : throw new InferException($"`{PathOf(sample, "inputs", sequence)}` has {frames} frames, but the card says {sample.Frames}");
    }

    /// <summary>Where the golden values of an output lie.</summary>
    public string Expected(CardSample sample, Port output) => PathOf(sample, "expected", output.Name);

    string PathOf(CardSample sample, string kind, string name) => Path.Combine(Root, "golden", sample.Name, kind, Npy.FileName(name));
}
