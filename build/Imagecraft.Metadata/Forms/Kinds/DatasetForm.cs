// The forms of datasets. Unaware of how they are made.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>dataset:</c>.</summary>
static class DatasetForm
{
    public static Form<Dataset> Form { get; } = new("a dataset", Bind);

    static Func<Dataset?> Bind(Keys keys)
    {
        var name = keys.Required(KindNames.Dataset, ScalarShapes.Name, "unique name");
        var license = keys.Required("license", ScalarShapes.Text, "SPDX license expression");
        var summary = keys.Maybe("summary", ScalarShapes.Words, "one line");
        var origin = keys.Maybe("origin", ScalarShapes.Words, "where it comes from, in words and address");
        (string Key, DatasetContent? Content)[] contents =
        [
            Content("idx", IdxForm.Form, "images and labels in IDX files of a feed package"),
            Content("audio", AudioForm.Form, "spoken sentences under noise, made anew"),
            Content("text", TextForm.Form, "lines or pages of text, drawn anew"),
            Content("files", DatasetFilesForm.Form, "images, sounds, arrays or texts that lie in files"),
        ];
        return () => OnlyOne(contents, name, keys.Reading) is { } content ? new Dataset { Name = name, License = license, Summary = summary, Origin = origin, Content = content, Folder = keys.Folder } : null;

        (string Key, DatasetContent? Content) Content(string key, Form<DatasetContent> form, string meaning) => (key, keys.Maybe(key, form, meaning));
    }

    static DatasetContent? OnlyOne((string Key, DatasetContent? Content)[] contents, Sited<string> name, Reading reading)
    {
        var keys = string.Join(", ", contents.Select(content => $"`{content.Key}`"));
        var given = contents.Select(content => content.Content).OfType<DatasetContent>().ToArray();
        if (given.Length == 0)
            reading.Error(Codes.MissingKey, $"One of the keys [ {keys} ] is missing in a dataset", name.Span, "Add the one that says how the data are made");
        else if (given.Length > 1)
            reading.Error(Codes.Contradiction, $"A dataset has only one of the keys [ {keys} ]", name.Span, "Make a dataset of each");
        return given.Length == 1 ? given[0] : null;
    }
}

/// <summary><c>idx:</c> of datasets.</summary>
static class IdxForm
{
    static readonly Form<(Sited<string> Feed, Sited<string> Name)> PackageForm = new("a package of a feed", keys => (
        keys.Required("feed", ScalarShapes.Name, "feed of the package"),
        keys.Required("name", ScalarShapes.Name, "package of the feed")));

    static readonly Form<IdxSplit> SplitForm = new("a split of IDX files", keys => new IdxSplit(
        keys.Required("images", ScalarShapes.TargetPath, "path of the images within the package"),
        keys.Required("labels", ScalarShapes.TargetPath, "path of the labels within the package")));

    public static Form<DatasetContent> Form { get; } = new("`idx`", keys =>
    {
        var (feed, name) = keys.Required("package", PackageForm, "where the files are");
        return new DatasetContent.Idx(feed, name, keys.Required("splits", new SplitsShape<IdxSplit>(SplitForm), "pairs of files by the split's name"));
    });
}

/// <summary><c>audio:</c> of datasets.</summary>
static class AudioForm
{
    static readonly Form<NoiseSpec> NoiseForm = new("a noise", keys => new NoiseSpec(
        keys.Required("kind", ScalarShapes.OneOf("white", "pink", "brown", "hum", "clicks"), "white, pink, brown, hum (50 Hz and harmonics) or clicks"),
        keys.Optional("seed", ScalarShapes.PlainInteger, 0, "same seed, same noise")));

    static readonly Form<AudioSplit> SplitForm = new("a split of audio", keys => new AudioSplit(
        keys.Required("voices", new FilledListOf<Sited<string>>(ScalarShapes.Text), "voices as espeak-ng names them"),
        keys.Required("texts", new FilledListOf<Sited<string>>(ScalarShapes.Text), "sentences; each is spoken by each voice"),
        keys.Required("noises", new FilledListOf<NoiseSpec>(NoiseForm), "noises, which take turns"),
        keys.Required("signal-to-noise", new FilledListOf<int>(ScalarShapes.PlainInteger), "ratios of the powers of voice and noise in decibel, which take turns"),
        keys.Optional("pause", ScalarShapes.PlainNumber, 1, "seconds of noise before and after each sentence"),
        keys.Optional("noise-alone", ScalarShapes.PlainNumber, 0, "seconds of each noise without voice")), Check);

    public static Form<DatasetContent> Form { get; } = new("`audio`", keys => new DatasetContent.Audio(keys.Required("splits", new SplitsShape<AudioSplit>(SplitForm), "what is spoken, by the split's name")));

    static bool Check(AudioSplit made, Keys keys)
    {
        const int mostDecibel = 100, mostSeconds = 60;
        if (made.SignalToNoise.FirstOrDefault(decibel => Math.Abs(decibel) > mostDecibel) is not 0 and var ratio)
            return Refuse($"`signal-to-noise` has {ratio} dB, but -{mostDecibel} to {mostDecibel} can be mixed");
        if (made.PauseSeconds is < 0 or > mostSeconds || made.NoiseSeconds is < 0 or > mostSeconds)
            return Refuse($"`pause` and `noise-alone` must be 0 to {mostSeconds} seconds");
        return true;

        bool Refuse(string message)
        {
            keys.Reading.Error(Codes.WrongFormat, message, keys.Span, null);
            return false;
        }
    }
}

/// <summary><c>text:</c> of datasets.</summary>
static class TextForm
{
    // GraphicsMagick expands some of these in labels, and its batches quote by others.
    const string Reserved = "%\\\"'@";

    static readonly Shape<Sited<string>> Line = new Scalar<string>(
        $"a line of text without [ {string.Join(", ", Reserved.Select(sign => $"`{sign}`"))} ]", text => (text, text.Length > 0 && !text.AsSpan().ContainsAny(Reserved) && !text.Any(char.IsControl)),
        () => new() { ["type"] = "string", ["pattern"] = $"^[^{Reserved.Replace("\\", "\\\\", StringComparison.Ordinal)}]+$" });

    static readonly Shape<Sited<string>> FontPath = new Scalar<string>(
        "an absolute path of letters, digits and `/._-`", text => (text, text.StartsWith('/') && text.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '/' or '.' or '_' or '-')),
        () => new() { ["type"] = "string", ["pattern"] = "^/[A-Za-z0-9/._-]+$" });

    static readonly Form<PageSpec> PageForm = new("`page`", keys => new PageSpec(
        keys.Required("width", ScalarShapes.PlainCount, "pixels"),
        keys.Required("height", ScalarShapes.PlainCount, "pixels"),
        keys.Required("lines", ScalarShapes.PlainCount, "lines on each page")), (page, keys) =>
        Sensible(keys, page is { Width: >= 32 and <= 4096, Height: >= 32 and <= 4096, Lines: > 0 }, "`page` must be 32 to 4096 pixels wide and high and have at least one line"));

    static readonly Form<TextSplit> SplitForm = new("a split of text", keys => new TextSplit(
        keys.Required("fonts", new FilledListOf<Sited<string>>(FontPath), "font files within the tool root"),
        keys.Required("sizes", new FilledListOf<int>(ScalarShapes.PlainCount), "sizes in points at 72 dots per inch"),
        keys.Required("texts", new FilledListOf<Sited<string>>(Line), "lines; each is drawn in each font and size"),
        keys.Optional("seed", ScalarShapes.PlainInteger, 0, "seed of colours, noise and places"),
        keys.Maybe("page", PageForm, "put the lines together to pages; otherwise each is an image, upright (label 0) and upside down (label 1)"))
        {
            HaveWords = keys.Maybe("labels", ScalarShapes.OneOf("direction", "words"), "of lines that are images of their own: direction (the default) or words, for which each is drawn once, upright") is { Value: "words" },
        },
        (split, keys) => Sensible(keys, split.Sizes.All(size => size is >= 4 and <= 400), "`sizes` must be 4 to 400 points")
            && Sensible(keys, split.Page is null || !split.HaveWords, "`page` and `labels: words` exclude each other: the labels of pages are the boxes of their lines"));

    public static Form<DatasetContent> Form { get; } = new("`text`", keys => new DatasetContent.Text(
        keys.Required("toolroot", ScalarShapes.Name, "tool root with GraphicsMagick and the fonts"),
        keys.Required("splits", new SplitsShape<TextSplit>(SplitForm), "what is drawn, by the split's name")));

    static bool Sensible(Keys keys, bool good, string message)
    {
        if (!good)
            keys.Reading.Error(Codes.WrongFormat, message, keys.Span, null);
        return good;
    }
}
