// A model as it is deployed: network, card and golden files in one folder. Unaware of how networks are run.

using Imagecraft.Infer.Data;
using Imagecraft.Infer.Network;

namespace Imagecraft.Infer.Deployed;

/// <summary>The folder <c>/usr/share/models/NAME</c> of a board.</summary>
/// <param name="ModelPath">The network, <c>model.onnx</c> or <c>model.ort</c>.</param>
/// <param name="Card">What <c>card.json</c> says.</param>
sealed record ModelFolder(string Root, string ModelPath, ModelCard Card)
{
    const string CardName = "card.json";
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
            ? new(root, found[0], ModelCard.Read(Path.Combine(root, CardName)))
            : throw new InferException($"The model folder `{root}` has {(found.Length == 0 ? "none" : "more than one")} of [{string.Join(", ", Networks)}], expected one");
    }

    /// <summary>Whether a network is arranged when it is loaded: what a deployed one's card says, also when the file alone was named.</summary>
    public static bool Arranges(string model) =>
        Array.IndexOf(Networks, Path.GetFileName(model)) < 0 || Path.Combine(Path.GetDirectoryName(model) ?? "", CardName) is var card && (!File.Exists(card) || ModelCard.ArrangesBy(card));

    /// <summary>The inputs that are not carried: the frames of a sample are their values.</summary>
    public string[] Sequences(Net net)
    {
        foreach (var (input, output) in Card.Carry)
        {
            net.Input(input);
            net.Output(output);
        }
        return [.. net.Inputs.Select(port => port.Name).Where(name => !Card.Carry.ContainsKey(name))];
    }

    /// <summary>All inputs of a sample, each from <c>golden/SAMPLE/inputs/NAME.npy</c>; the frames must be as many as the card says.</summary>
    public Dictionary<string, Tensor> Inputs(CardSample sample, Net net)
    {
        var inputs = net.Inputs.ToDictionary(port => port.Name, port => Npy.Read(PathOf(sample, "inputs", port.Name)));
        foreach (var sequence in Sequences(net))
            if ((inputs[sequence].Shape is [var count, ..] ? count : 0) is var frames && frames != sample.Frames)
                throw new InferException($"`{PathOf(sample, "inputs", sequence)}` has {frames} frames, but the card says {sample.Frames}");
        return inputs;
    }

    /// <summary>The inputs of a sample's first frame.</summary>
    public Dictionary<string, Tensor> FirstFrame(CardSample sample, Net net)
    {
        var sequences = Sequences(net);
        return Inputs(sample, net).ToDictionary(pair => pair.Key, pair => sequences.Contains(pair.Key) ? pair.Value.Slice(0) : pair.Value);
    }

    /// <summary>Where the golden values of an output lie.</summary>
    public string Expected(CardSample sample, Port output) => PathOf(sample, "expected", output.Name);

    string PathOf(CardSample sample, string kind, string name) => Path.Combine(Root, "golden", sample.Name, kind, Npy.FileName(name));
}
