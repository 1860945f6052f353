// The part of a card that says how what a sensor gives becomes what the network takes. Unaware of the rest of the card.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Onnx.Data;

namespace Imagecraft.Onnx;

/// <summary>Everything that a program on the board needs to do by itself what the build did to calibrate and judge; the words are those of recipes, docs/datasets.md has their meaning.</summary>
static class SensingCard
{
    /// <summary><c>preprocess</c>, <c>spectrogram</c> or <c>tokenizer</c>, whichever the network has.</summary>
    public static void Write(Utf8JsonWriter writer, ModelOptions options)
    {
        if (options.Preprocess is { } images)
            Write(writer, images);
        if (options.Spectrogram is { } sound)
            Write(writer, sound);
        if (options.Tokenizer is { } text)
            Write(writer, text.Options);
    }

    static void Write(Utf8JsonWriter writer, ImagePreprocessing images)
    {
        writer.WriteStartObject("preprocess");
        Word(writer, "fit", images.Fit);
        Word(writer, "channels", images.Channels);
        Word(writer, "layout", images.Layout);
        Word(writer, "filter", images.Filter);
        writer.WriteBoolean("antialias", images.Antialias);
        writer.WriteBoolean("round", images.Round);
        if (images.ShortSide is { } side)
            writer.WriteNumber("short_side", side);
        if (images.Fit == ImageFit.Letterbox)
        {
            Numbers(writer, "colour", [.. images.Colour.Select(value => (double)value)]);
            Word(writer, "place", images.Place);
        }
        writer.WriteNumber("scale", images.Scale);
        Numbers(writer, "mean", images.Mean);
        Numbers(writer, "std", images.Deviation);
        writer.WriteEndObject();
    }

    static void Write(Utf8JsonWriter writer, SpectrogramOptions sound)
    {
        writer.WriteStartObject("spectrogram");
        writer.WriteNumber("rate", sound.Rate);
        writer.WriteNumber("window", sound.Window);
        writer.WriteNumber("hop", sound.Hop);
        writer.WriteNumber("fft", sound.Fft);
        Word(writer, "shape", sound.Shape);
        Word(writer, "padding", sound.Padding);
        writer.WriteNumber("power", sound.Power);
        writer.WriteNumber("mels", sound.Mels);
        writer.WriteNumber("low", sound.Low);
        writer.WriteNumber("high", sound.High ?? sound.Rate / 2.0);
        Word(writer, "scale", sound.Scale);
        writer.WriteString("norm", sound.EqualArea ? "slaney" : "none");
        Word(writer, "log", sound.Log);
        writer.WriteNumber("floor", sound.Floor);
        writer.WriteNumber("mean", sound.Mean);
        writer.WriteNumber("std", sound.Deviation);
        Word(writer, "layout", sound.Layout);
        if (sound.Step is { } step)
            writer.WriteNumber("step", step);
        writer.WriteEndObject();
    }

    static void Write(Utf8JsonWriter writer, TokenizerOptions text)
    {
        writer.WriteStartObject("tokenizer");
        Word(writer, "kind", text.Kind);
        writer.WriteBoolean("lower_case", text.LowerCase);
        writer.WriteBoolean("special", text.Special);
        if (text.Padding is { } padding)
            writer.WriteNumber("padding", padding);
        writer.WriteEndObject();
    }

    static void Word<T>(Utf8JsonWriter writer, string key, T value) where T : struct, Enum =>
        writer.WriteString(key, JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()));

    static void Numbers(Utf8JsonWriter writer, string key, ImmutableArray<double> values)
    {
        writer.WriteStartArray(key);
        foreach (var value in values)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }
}
