// Where an image, and what is true of it, comes to lie in a network's input. Unaware of how images are resized.

using System.Collections.Immutable;
using Imagecraft.Onnx.Data.Images;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Data;

/// <summary>The image is resized to <paramref name="Width"/> x <paramref name="Height"/> and laid so that its upper left corner is at [<paramref name="Left"/>, <paramref name="Top"/>]; what is beyond the input is cut.</summary>
/// <param name="Left">In pixels of the input; below 0 when it is cut.</param>
/// <param name="Top">Likewise.</param>
/// <param name="Width">In pixels of the input.</param>
/// <param name="Height">Likewise.</param>
/// <param name="Image">Pixels of the image.</param>
/// <param name="Input">Pixels of the input.</param>
public readonly record struct ImagePlacement(int Left, int Top, int Width, int Height, (int Width, int Height) Image, (int Width, int Height) Input)
{
    /// <summary>The class of pixels that the image does not cover.</summary>
    const int Unknown = -1;

    /// <summary>Of an image of a size; <paramref name="name"/> is for messages.</summary>
    /// <exception cref="OnnxException">It must have the input's size and has another.</exception>
    public static ImagePlacement Of(ImagePreprocessing wanted, int imageWidth, int imageHeight, TensorPort input, string name)
    {
        var (width, height) = wanted.SizeOf(input);
        switch (wanted.Fit)
        {
            case ImageFit.Stretch:
                return At(0, 0, width, height);
            case ImageFit.Exact:
                return imageWidth == width && imageHeight == height ? At(0, 0, width, height) : throw new OnnxException($"The image `{name}` has {imageWidth} x {imageHeight} pixels, but the input takes {width} x {height}; choose another `fit` in `preprocess` than `exact`");
            case ImageFit.Crop:
                // Half a pixel of the rest is rounded to the even number, as torchvision's CenterCrop does.
                var (wide, high) = Covering(wanted, imageWidth, imageHeight, width, height);
                if (wide * high > ImageFile.MostPixels)
                    throw new OnnxException($"The image `{name}` of {imageWidth} x {imageHeight} pixels would be resized to {wide} x {high}, of which the middle is taken, but at most {ImageFile.MostPixels} pixels altogether are computed; cut it, leave it out, or choose another `fit`{(wanted.ShortSide is null ? "" : " or a smaller `short-side`")}");
                var (cropWidth, cropHeight) = ((int)wide, (int)high);
                return At(-(int)Math.Round((cropWidth - width) / 2.0), -(int)Math.Round((cropHeight - height) / 2.0), cropWidth, cropHeight);
            default:
                var (fitWidth, fitHeight) = Within(wanted, imageWidth, imageHeight, width, height);
                return wanted.Fit == ImageFit.Letterbox && wanted.Place == ImagePlace.Centre ? At((width - fitWidth) / 2, (height - fitHeight) / 2, fitWidth, fitHeight) : At(0, 0, fitWidth, fitHeight);
        }

        ImagePlacement At(int left, int top, int fittedWidth, int fittedHeight) => new(left, top, fittedWidth, fittedHeight, (imageWidth, imageHeight), (width, height));
    }

    bool IsCut => Left < 0 || Top < 0 || Left + Width > Input.Width || Top + Height > Input.Height;

    /// <summary>A box of the image as the input has it: what is left of it where the image is cut, and null when nothing is.</summary>
    public LabelledBox? Of(LabelledBox box)
    {
        var (across, down) = ((double)Width / Image.Width, (double)Height / Image.Height);
        var (left, top, width, height) = ((box.Left * across) + Left, (box.Top * down) + Top, box.Width * across, box.Height * down);
        if (!IsCut)
            return new(left, top, width, height, box.Class);
        var (right, bottom) = (Math.Min(left + width, Input.Width), Math.Min(top + height, Input.Height));
        (left, top) = (Math.Max(left, 0), Math.Max(top, 0));
        return right > left && bottom > top ? new(left, top, right - left, bottom - top, box.Class) : null;
    }

    /// <summary>A map of the image in the input: each pixel has the class of the nearest one; what the image does not cover has none.</summary>
    /// <exception cref="OnnxException">It is not gray, or of another size than the image.</exception>
    public FrameLabel.Map Of(PixelImage map, string name)
    {
        if ((map.Width, map.Height, map.Channels) != (Image.Width, Image.Height, 1))
            throw new OnnxException($"The map of `{name}` has {map.Width} x {map.Height} pixels of {map.Channels} channels, but the image {Image.Width} x {Image.Height}; a gray one of the same size is needed");
        if (map.Levels > byte.MaxValue)
            throw new OnnxException($"The map of `{name}` has samples of {map.Levels + 1} values, but those of classes are 0 to {byte.MaxValue}; save it with 8 bits");
        var classes = new int[Input.Width * Input.Height];
        Array.Fill(classes, Unknown);
        for (var y = Math.Max(0, Top); y < Math.Min(Input.Height, Top + Height); y++)
            for (var x = Math.Max(0, Left); x < Math.Min(Input.Width, Left + Width); x++)
                classes[(y * Input.Width) + x] = map.Stored(map.Samples[(Near(y - Top, Image.Height, Height) * map.Width) + Near(x - Left, Image.Width, Width)]);
        return new(ImmutableArray.Create(classes));
    }

    /// <summary>The pixel whose area the centre of pixel <paramref name="at"/> falls into.</summary>
    static int Near(int at, int from, int to) => (int)(((2L * at) + 1) * from / (2L * to));

    static (int Width, int Height) Within(ImagePreprocessing wanted, int imageWidth, int imageHeight, int width, int height)
    {
        var wide = Math.Max(1, (((long)imageWidth * height * 2 / imageHeight) + 1) / 2);
        if (wide <= width)
            return ((int)wide, height);
        return (width, wanted.Fit == ImageFit.PadWidth ? height : Math.Max(1, (int)((((long)imageHeight * width * 2 / imageWidth) + 1) / 2)));
    }

    /// <summary>The long side is rounded down, as torchvision's Resize does.</summary>
    static (long Width, long Height) Covering(ImagePreprocessing wanted, int imageWidth, int imageHeight, int width, int height)
    {
        if (wanted.ShortSide is { } side)
            return imageWidth <= imageHeight ? (side, (long)side * imageHeight / imageWidth) : ((long)side * imageWidth / imageHeight, side);
        return (long)imageWidth * height <= (long)imageHeight * width ? (width, (long)width * imageHeight / imageWidth) : ((long)height * imageWidth / imageHeight, height);
    }
}
