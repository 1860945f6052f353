// The layers of the classifier. Unaware of data and training.

using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FashionMnist;

/// <summary>A convolution without bias, and the batch normalization whose scale and shift fold into it.</summary>
/// <param name="Name">Name of the ONNX node.</param>
/// <param name="Convolution">The weights.</param>
/// <param name="Normalization">Followed by ReLU.</param>
sealed record Layer(string Name, TorchSharp.Modules.Conv2d Convolution, TorchSharp.Modules.BatchNorm2d Normalization, int Stride, int Groups);

/// <summary>
/// A 3x3 stem, then depthwise-separable blocks (A. Howard et al., "MobileNets", 2017), global average pooling and one dense layer.
/// Input: [batch, 1, 28, 28]. Output: [batch, 10], before softmax.
/// </summary>
sealed class ClothingNetwork : Module<Tensor, Tensor>
{
    const int Classes = 10;
    static readonly (int Inputs, int Outputs, int Stride)[] Blocks = [(16, 64, 2), (64, 96, 1), (96, 128, 2), (128, 160, 1), (160, 160, 1)];

    public ClothingNetwork() : base("clothing")
    {
        var layers = new List<Layer> { Make("stem", 1, Blocks[0].Inputs, 3, 1, 1) };
        for (var i = 0; i < Blocks.Length; i++)
        {
            var (inputs, outputs, stride) = Blocks[i];
            layers.Add(Make($"block{i + 1}.depthwise", inputs, inputs, 3, stride, inputs));
            layers.Add(Make($"block{i + 1}.pointwise", inputs, outputs, 1, 1, 1));
        }
        Layers = layers;
        Dense = Linear(Blocks[^1].Outputs, Classes);
        register_module("dense", Dense);
    }

    /// <summary>All convolutions in order.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The last layer.</summary>
    public TorchSharp.Modules.Linear Dense { get; }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        foreach (var layer in Layers)
        {
            input = functional.relu(layer.Normalization.forward(layer.Convolution.forward(input)));
            // Channels last in memory from the first map of several channels on: a third faster.
            if (layer == Layers[0])
                input = input.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        }
        return Dense.forward(input.mean([2, 3])).MoveToOuterDisposeScope();
    }

    Layer Make(string name, int inputs, int outputs, int kernel, int stride, int groups)
    {
        var convolution = Conv2d(inputs, outputs, kernel, stride: stride, padding: kernel / 2, groups: groups, bias: false);
        init.kaiming_normal_(convolution.weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
        var normalization = BatchNorm2d(outputs);
        register_module($"{name}.convolution".Replace('.', '_'), convolution);
        register_module($"{name}.normalization".Replace('.', '_'), normalization);
        return new(name, convolution, normalization, stride, groups);
    }
}
