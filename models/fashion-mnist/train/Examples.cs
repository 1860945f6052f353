// Labelled images as tensors, and their random variation. Unaware of networks.

using Imagecraft.Onnx.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace FashionMnist;

/// <summary>Normalized images [count, 1, 28, 28] and class indices [count].</summary>
sealed record Examples(Tensor Images, Tensor Labels)
{
    // Mean and standard deviation of the training set's pixels on the scale 0 to 1, to three digits; also in the model recipe.
    const float Mean = 0.286f, Deviation = 0.353f;

    /// <summary>Furthest that an image is moved, in pixels.</summary>
    const int Reach = 1;

    public long Count => Labels.shape[0];

    public static Examples Read(string folder, string part)
    {
        var images = IdxArray.Read(Path.Combine(folder, $"{part}-images-idx3-ubyte.gz"));
        var labels = IdxArray.Read(Path.Combine(folder, $"{part}-labels-idx1-ubyte.gz"));
        var values = images.Values.Select(pixel => ((pixel / 255f) - Mean) / Deviation).ToArray();
        return new(tensor(values, [images.Count, 1, images.Sizes[1], images.Sizes[2]]), tensor(labels.Values.Select(label => (long)label).ToArray()));
    }

    /// <summary>Those from <paramref name="start"/> to below <paramref name="end"/>.</summary>
    public Examples Slice(long start, long end) => new(Images.slice(0, start, end, 1), Labels.slice(0, start, end, 1));

    public Examples Pick(Tensor indices) => new(Images.index_select(0, indices), Labels.index_select(0, indices));

    /// <summary>Half of the images mirrored, each moved by up to a pixel in each direction; background fills the rims.</summary>
    public Examples Varied()
    {
        var mirrored = where(rand([Count, 1, 1, 1]) < 0.5, Images.flip(3), Images);
        var size = Images.shape[^1];
        var padded = nn.functional.pad(mirrored, [Reach, Reach, Reach, Reach], PaddingModes.Constant, -Mean / Deviation);
        var rows = (randint(0, (2 * Reach) + 1, [Count, 1], dtype: ScalarType.Int64) + arange(size)).reshape(Count, 1, size, 1).expand(-1, 1, -1, size + (2 * Reach));
        var columns = (randint(0, (2 * Reach) + 1, [Count, 1], dtype: ScalarType.Int64) + arange(size)).reshape(Count, 1, 1, size).expand(-1, 1, size, -1);
        return this with { Images = padded.gather(2, rows).gather(3, columns) };
    }
}
