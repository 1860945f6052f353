// Reads every file of a dataset once, so that a damaged one is told before a network sees it. Unaware of labels.

using System.Text;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Data.Images;
using Imagecraft.Requests.Datasets;

namespace Imagecraft.BuiltIns.Datasets.Files;

internal static class FileCheck
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Pixels and channels of an image, 0 of all else; null when the file is not good, which is noted.</summary>
    /// <param name="name">For messages; its ending says what the file is.</param>
    /// <param name="file">Its bytes.</param>
    /// <param name="request">What is wanted of sounds.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static (int Width, int Height, int Channels)? Read(string name, byte[] file, DatasetFilesRequest request, Problems problems)
    {
        var ending = Path.GetExtension(name).ToLowerInvariant();
        try
        {
            if (ImageFile.Endings.Contains(ending))
            {
                var image = ImageFile.Read(file, name);
                return (image.Width, image.Height, image.Channels);
            }

            if (SoundFile.Endings.Contains(ending))
                Check(SoundFile.Read(file, name));
            else if (ending == NpyFile.Ending)
                NpyFile.Read(file, name);
            else
                Strict.GetCharCount(file);
            return (0, 0, 0);
        }
        catch (OnnxException problem)
        {
            problems.Add(name, problem.Message);
        }
        catch (DecoderFallbackException)
        {
            problems.Add(name, $"`{name}` is no text in UTF-8; convert it, e.g. by `iconv`");
        }

        return null;

        void Check(Sound sound)
        {
            if (request.Convert)
                return;
            if (sound.Rate != request.Rate)
                throw new OnnxException($"`{name}` has {sound.Rate} samples per second, but {request.Rate} are expected; write `rate: {sound.Rate}`, resample it, e.g. by `sox`, or let the build do it by `convert: true`");
            if (sound.Channels != 1)
                throw new OnnxException($"`{name}` has {sound.Channels} channels, but one is expected; mix them, e.g. by `sox`, or let the build do it by `convert: true`");
        }
    }
}
