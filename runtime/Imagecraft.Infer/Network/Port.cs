// An input or output of a network. Unaware of values.

using Imagecraft.Infer.Data;

namespace Imagecraft.Infer.Network;

/// <summary>Name, type and shape; a free dimension is -1.</summary>
sealed record Port(string Name, ElementType Type, long[] Shape)
{
    /// <summary>Whether every dimension is known.</summary>
    public bool IsFixed => Array.TrueForAll(Shape, dimension => dimension >= 0);

    /// <summary>An error when a tensor cannot be the value of this input.</summary>
    public void Check(Tensor tensor)
    {
        if (tensor.Type != Type)
            throw new InferException($"Input `{Name}` is {Type.Name()}, but {tensor.Type.Name()} was given");
        if (tensor.Shape.Length != Shape.Length || tensor.Shape.Zip(Shape).Any(pair => pair.Second >= 0 && pair.First != pair.Second))
            throw new InferException($"Input `{Name}` has shape {Tensor.Format(Shape)}, but {Tensor.Format(tensor.Shape)} was given");
    }
}
