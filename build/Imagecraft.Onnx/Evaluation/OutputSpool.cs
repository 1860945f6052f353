// Holds outputs of a test set in memory, or in a file when there are many. Unaware of what they mean.

using System.Collections;
using System.Runtime.InteropServices;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Evaluation;

/// <summary>Tensors by index. What goes beyond a budget of memory lies in a temporary file, and is read each time it is asked for.</summary>
/// <param name="count">How many tensors.</param>
/// <param name="path">The file; made when it is needed.</param>
/// <param name="budget">Bytes in memory.</param>
sealed class OutputSpool(int count, string path, long budget) : IReadOnlyList<FloatTensor>, IDisposable
{
    /// <summary>Bytes of outputs that are held in memory.</summary>
    public const long Usual = 128 << 20;

    readonly FloatTensor?[] kept = new FloatTensor?[count];
    readonly (long[] Shape, long Offset)[] spilled = new (long[], long)[count];
    readonly Lock guard = new();
    FileStream? file;
    long held;

    /// <inheritdoc/>
    public int Count => count;

    /// <inheritdoc/>
    public FloatTensor this[int index]
    {
        get
        {
            if (kept[index] is { } tensor)
                return tensor;
            var (shape, offset) = spilled[index];
            var values = FloatTensor.Zeros(shape);
            lock (guard)
            {
                file!.Position = offset;
                file.ReadExactly(MemoryMarshal.AsBytes(values.Values.AsSpan()));
            }
            return values;
        }
    }

    /// <summary>The shape of a tensor, which is not read for it.</summary>
    public long[] ShapeOf(int index) => kept[index]?.Shape ?? spilled[index].Shape;

    /// <summary>Takes a tensor; each index once, by any thread.</summary>
    public void Set(int index, FloatTensor tensor)
    {
        lock (guard)
        {
            var bytes = (long)tensor.Values.Length * sizeof(float);
            if (held + bytes <= budget)
            {
                held += bytes;
                kept[index] = tensor;
                return;
            }
            file ??= new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            file.Position = file.Length;
            spilled[index] = (tensor.Shape, file.Position);
            file.Write(MemoryMarshal.AsBytes(tensor.Values.AsSpan()));
        }
    }

    /// <inheritdoc/>
    public IEnumerator<FloatTensor> GetEnumerator() => Enumerable.Range(0, count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Removes the file.</summary>
    public void Dispose() => file?.Dispose();
}
