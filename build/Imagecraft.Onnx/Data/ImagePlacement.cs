// Where an image comes to lie in a network's input. Unaware of pixels.

using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Data;

/// <summary>The image is resized to <paramref name="Width"/> x <paramref name="Height"/> and laid so that its upper left corner is at [<paramref name="Left"/>, <paramref name="Top"/>]; what is beyond the input is cut.</summary>
public readonly record struct ImagePlacement(int Left, int Top, int Width, int Height)
{
    /// <summary>Of an image of a size; <paramref name="name"/> is for messages.</summary>
    /// <exception cref="OnnxException">It must have the input's size and has another.</exception>
    public static ImagePlacement Of(ImagePreprocessing wanted, int imageWidth, int imageHeight, TensorPort input, string name)
    {
        var (width, height) = wanted.SizeOf(input);
        switch (wanted.Fit)
        {
            case ImageFit.Stretch:
                return new(0, 0, width, height);
            case ImageFit.Exact:
                return imageWidth == width && imageHeight == height ? new(0, 0, width, height) : throw new OnnxException($"The image `{name}` has {imageWidth} x {imageHeight} pixels, but the input takes {width} x {height}; choose another `fit` in `preprocess` than `exact`");
            case ImageFit.Crop:
                return Crop(wanted, imageWidth, imageHeight, width, height);
            default:
                var (fitWidth, fitHeight) = Within(wanted, imageWidth, imageHeight, width, height);
                return wanted.Fit == ImageFit.Letterbox && wanted.Place == ImagePlace.Centre ? new((width - fitWidth) / 2, (height - fitHeight) / 2, fitWidth, fitHeight) : new(0, 0, fitWidth, fitHeight);
        }
    }

    /// <summary>A box of the image, as the input has it.</summary>
    public BoxLabel Map(BoxLabel box, int imageWidth, int imageHeight)
    {
        var (across, down) = ((double)Width / imageWidth, (double)Height / imageHeight);
        return box with { X = (box.X * across) + Left, Y = (box.Y * down) + Top, Width = box.Width * across, Height = box.Height * down };
    }

    static (int Width, int Height) Within(ImagePreprocessing wanted, int imageWidth, int imageHeight, int width, int height)
    {
        var wide = Math.Max(1, (int)((((long)imageWidth * height * 2 / imageHeight) + 1) / 2));
        if (wide <= width)
            return (wide, height);
        return (width, wanted.Fit == ImageFit.PadWidth ? height : Math.Max(1, (int)((((long)imageHeight * width * 2 / imageWidth) + 1) / 2)));
    }

    /// <summary>The long side is rounded down, and half a pixel of the rest to the even number, as torchvision's Resize and CenterCrop do.</summary>
    static ImagePlacement Crop(ImagePreprocessing wanted, int imageWidth, int imageHeight, int width, int height)
    {
        int fitWidth, fitHeight;
        if (wanted.ShortSide is { } side)
            (fitWidth, fitHeight) = imageWidth <= imageHeight ? (side, (int)((long)side * imageHeight / imageWidth)) : ((int)((long)side * imageWidth / imageHeight), side);
        else
            (fitWidth, fitHeight) = (long)imageWidth * height <= (long)imageHeight * width ? (width, (int)((long)width * imageHeight / imageWidth)) : ((int)((long)height * imageWidth / imageHeight), height);
        return new(-(int)Math.Round((fitWidth - width) / 2.0), -(int)Math.Round((fitHeight - height) / 2.0), fitWidth, fitHeight);
    }
}

/// <summary>A thing of a class within an image.</summary>
/// <param name="Class">Index of its class.</param>
/// <param name="X">Left side, in pixels.</param>
/// <param name="Y">Upper side, in pixels.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record BoxLabel(int Class, double X, double Y, double Width, double Height);
