// Gives drawn text colours, noise and a place, the same on every machine. Unaware of fonts and networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Audio;

namespace Imagecraft.Onnx.Data;

/// <summary>Random looks from one seed; the order of calls matters.</summary>
public sealed class TextStyle(long seed)
{
    /// <summary>Least distance of text and background in each channel.</summary>
    const int LeastContrast = 90;

    /// <summary>Largest change of a sample by noise.</summary>
    const int Grain = 12;

    const int WidestMargin = 8;

    readonly NoiseGenerator random = new(seed);

    /// <summary>A line, black on white, becomes one in two colours with margins and grain.</summary>
    public PixelImage Line(PixelImage drawn)
    {
        var (left, top) = (random.Below(WidestMargin), random.Below(WidestMargin));
        var canvas = Canvas(drawn.Width + left + random.Below(WidestMargin), drawn.Height + top + random.Below(WidestMargin));
        Place(canvas, drawn, left, top, Ink(canvas));
        return Grained(canvas);
    }

    /// <summary>Lines below each other at random distances; what does not fit is cut off or left out. With the boxes of their ink.</summary>
    public (PixelImage Image, FrameLabel.Boxes Lines) Page(IReadOnlyList<PixelImage> drawn, int width, int height)
    {
        var canvas = Canvas(width, height);
        var ink = Ink(canvas);
        var top = 1 + random.Below(height / 16);
        var lines = ImmutableArray.CreateBuilder<LabelledBox>();
        foreach (var line in drawn)
        {
            if (top + line.Height > height)
                break;
            var left = random.Below(Math.Max(1, (width / 8) + Math.Max(0, width - line.Width - (width / 8))));
            Place(canvas, line, left, top, ink);
            if (InkBox(line, width - left) is { } box)
                lines.Add(box with { Left = box.Left + left, Top = box.Top + top });
            top += line.Height + random.Below(height / 32);
        }
        return (Grained(canvas), new(lines.ToImmutable()));
    }

    /// <summary>The rectangle of all that is drawn at least half black within the first <paramref name="width"/> columns; null when nothing is.</summary>
    static LabelledBox? InkBox(PixelImage drawn, int width)
    {
        var (left, top, right, bottom) = (drawn.Width, drawn.Height, -1, -1);
        for (var y = 0; y < drawn.Height; y++)
            for (var x = 0; x < Math.Min(drawn.Width, width); x++)
                if (drawn.Samples[((y * drawn.Width) + x) * drawn.Channels] < 128)
                    (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
        return right < 0 ? null : new(left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>A plain background, light or dark.</summary>
    PixelImage Canvas(int width, int height)
    {
        var (light, pixels) = (random.Below(3) > 0, new byte[width * height * 3]);
        var colour = Enumerable.Range(0, 3).Select(_ => (byte)(light ? 160 + random.Below(96) : random.Below(96))).ToArray();
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = colour[i % 3];
        return new(width, height, 3, pixels);
    }

    /// <summary>A colour that can be told from the background in each channel.</summary>
    byte[] Ink(PixelImage canvas) =>
        [.. canvas.Samples[..3].Select(ground => (byte)(ground >= 128 ? random.Below(ground - LeastContrast) : ground + LeastContrast + random.Below(256 - ground - LeastContrast)))];

    /// <summary>The darker a pixel is drawn, the more of the ink it gets.</summary>
    static void Place(PixelImage canvas, PixelImage drawn, int left, int top, byte[] ink)
    {
        for (var y = 0; y < drawn.Height; y++)
        {
            for (var x = 0; x < drawn.Width && left + x < canvas.Width; x++)
            {
                var cover = 255 - drawn.Samples[((y * drawn.Width) + x) * drawn.Channels];
                var at = (((top + y) * canvas.Width) + left + x) * 3;
                for (var channel = 0; channel < 3; channel++)
                    canvas.Samples[at + channel] += (byte)((ink[channel] - canvas.Samples[at + channel]) * cover / 255);
            }
        }
    }

    PixelImage Grained(PixelImage canvas)
    {
        foreach (ref var sample in canvas.Samples.AsSpan())
            sample = (byte)Math.Clamp(sample + random.Below((2 * Grain) + 1) - Grain, 0, 255);
        return canvas;
    }
}
