// What a card says of preprocessing is all of it, in the words of recipes.

using System.Text;
using System.Text.Json;
using Imagecraft.Onnx.Data;

namespace Imagecraft.Onnx.Tests;

public sealed class SensingCardTests
{
    [Fact]
    public void All_of_an_image_s_way_to_the_input_is_there()
    {
        var card = Card(new() { Preprocess = new() { Fit = ImageFit.Letterbox, Channels = ChannelOrder.Rgb, Layout = ChannelLayout.Nhwc, Filter = ImageFilter.Bicubic, Antialias = true, Round = true, Colour = [1, 2, 3], Place = ImagePlace.UpperLeft, Scale = 1, Mean = [127.5], Deviation = [128] } });
        Assert.Equal("""{"fit":"letterbox","channels":"rgb","layout":"nhwc","filter":"bicubic","antialias":true,"round":true,"colour":[1,2,3],"place":"upper-left","scale":1,"mean":[127.5],"std":[128]}""", card.GetProperty("preprocess").GetRawText());
        Assert.Equal(224, Card(new() { Preprocess = new() { Fit = ImageFit.Crop, ShortSide = 224 } }).GetProperty("preprocess").GetProperty("short_side").GetInt32());
    }

    [Fact]
    public void A_spectrogram_is_there_with_what_its_recipe_left_open()
    {
        var card = Card(new() { Spectrogram = new() { Rate = 8000, Log = SpectrogramLog.Log10, EqualArea = false, Layout = SpectrogramLayout.TimeFirst, Step = 8 } }).GetProperty("spectrogram");
        Assert.Equal((8000, 4000, "log10", "none", "time-first", 8), (card.GetProperty("rate").GetInt32(), card.GetProperty("high").GetInt32(), card.GetProperty("log").GetString(), card.GetProperty("norm").GetString(), card.GetProperty("layout").GetString(), card.GetProperty("step").GetInt32()));
        Assert.Equal(["rate", "window", "hop", "fft", "shape", "padding", "power", "mels", "low", "high", "scale", "norm", "log", "floor", "mean", "std", "layout", "step"], card.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public void A_tokenizer_is_there()
    {
        var tokenizer = new TextTokenizer(new() { Kind = TokenizerKind.WordPiece, LowerCase = false, Padding = 7 }, Encoding.UTF8.GetBytes("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nword\n"), null, "net");
        Assert.Equal("""{"kind":"word-piece","lower_case":false,"special":true,"padding":7}""", Card(new() { Tokenizer = tokenizer }).GetProperty("tokenizer").GetRawText());
    }

    static JsonElement Card(Sensing sensing)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            SensingCard.Write(writer, new() { Name = "net", Version = "1", License = "MIT", Preprocess = sensing.Preprocess, Spectrogram = sensing.Spectrogram, Tokenizer = sensing.Tokenizer });
            writer.WriteEndObject();
        }
        return JsonSerializer.Deserialize<JsonElement>(stream.ToArray());
    }

    sealed record Sensing
    {
        public ImagePreprocessing? Preprocess { get; init; }

        public SpectrogramOptions? Spectrogram { get; init; }

        public TextTokenizer? Tokenizer { get; init; }
    }
}
