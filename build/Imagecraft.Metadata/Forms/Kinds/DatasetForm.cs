// The forms of datasets. Unaware of how they are made.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>dataset:</c>.</summary>
static class DatasetForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required(KindNames.Dataset, ScalarShapes.Name, "unique name");
    static readonly Field<Sited<string>> License = Keys.Required("license", ScalarShapes.Text, "SPDX license expression");
    static readonly Field<string?> Summary = Keys.Optional<string?>("summary", ScalarShapes.Words!, null, "one line");
    static readonly Field<string?> Origin = Keys.Optional<string?>("origin", ScalarShapes.Words!, null, "where it comes from, in words and address");
    static readonly ImmutableArray<Field<DatasetContent?>> Contents =
    [
        Keys.Optional<DatasetContent?>("idx", IdxForm.Form!, null, "images and labels in IDX files of a feed package"),
        Keys.Optional<DatasetContent?>("audio", AudioForm.Form!, null, "spoken sentences under noise, made anew"),
        Keys.Optional<DatasetContent?>("text", TextForm.Form!, null, "lines or pages of text, drawn anew"),
    ];

    public static Form<Dataset> Form { get; } = new("a dataset", Keys, Make, Check);

    static Dataset Make(Values values) => new()
    {
        Name = values.Get(Name),
        License = values.Get(License),
        Summary = values.Get(Summary),
        Origin = values.Get(Origin),
        Content = Given(values).Single(),
    };

    static IEnumerable<DatasetContent> Given(Values values) => Contents.Select(values.Get).OfType<DatasetContent>();

    static bool Check(Values values)
    {
        var keys = string.Join(", ", Contents.Select(content => $"`{content.Key}`"));
        switch (Given(values).Count())
        {
            case 0:
                values.Reading.Error(Codes.MissingKey, $"One of the keys [ {keys} ] is missing in a dataset", values.Get(Name).Span, "Add the one that says how the data are made");
                return false;
            case 1:
                return true;
            default:
                values.Reading.Error(Codes.Contradiction, $"A dataset has only one of the keys [ {keys} ]", values.Get(Name).Span, "Make a dataset of each");
                return false;
        }
    }
}

/// <summary><c>idx:</c> of datasets.</summary>
static class IdxForm
{
    static readonly FieldSet PackageKeys = new();
    static readonly Field<Sited<string>> Feed = PackageKeys.Required("feed", ScalarShapes.Name, "feed of the package");
    static readonly Field<Sited<string>> PackageName = PackageKeys.Required("name", ScalarShapes.Name, "package of the feed");
    static readonly Form<(Sited<string> Feed, Sited<string> Name)> PackageForm = new("a package of a feed", PackageKeys, values => (values.Get(Feed), values.Get(PackageName)));

    static readonly FieldSet SplitKeys = new();
    static readonly Field<Sited<string>> Images = SplitKeys.Required("images", ScalarShapes.TargetPath, "path of the images within the package");
    static readonly Field<Sited<string>> Labels = SplitKeys.Required("labels", ScalarShapes.TargetPath, "path of the labels within the package");
    static readonly Form<IdxSplit> SplitForm = new("a split of IDX files", SplitKeys, values => new IdxSplit(values.Get(Images), values.Get(Labels)));

    static readonly FieldSet Keys = new();
    static readonly Field<(Sited<string> Feed, Sited<string> Name)> Package = Keys.Required("package", PackageForm, "where the files are");
    static readonly Field<ImmutableSortedDictionary<string, IdxSplit>> Splits = Keys.Required("splits", new SplitsShape<IdxSplit>(SplitForm), "pairs of files by the split's name");

    public static Form<DatasetContent> Form { get; } = new("`idx`", Keys, values => new DatasetContent.Idx(values.Get(Package).Feed, values.Get(Package).Name, values.Get(Splits)));
}

/// <summary><c>audio:</c> of datasets.</summary>
static class AudioForm
{
    static readonly FieldSet NoiseKeys = new();
    static readonly Field<Sited<string>> Kind = NoiseKeys.Required("kind", ScalarShapes.OneOf("white", "pink", "brown", "hum", "clicks"), "white, pink, brown, hum (50 Hz and harmonics) or clicks");
    static readonly Field<int> Seed = NoiseKeys.Optional("seed", ScalarShapes.Integer.Select(seed => seed.Value), 0, "same seed, same noise");
    static readonly Form<NoiseSpec> NoiseForm = new("a noise", NoiseKeys, values => new NoiseSpec(values.Get(Kind), values.Get(Seed)));

    static readonly FieldSet SplitKeys = new();
    static readonly Field<ImmutableArray<Sited<string>>> Voices = SplitKeys.Required("voices", new FilledListOf<Sited<string>>(ScalarShapes.Text), "voices as espeak-ng names them");
    static readonly Field<ImmutableArray<Sited<string>>> Texts = SplitKeys.Required("texts", new FilledListOf<Sited<string>>(ScalarShapes.Text), "sentences; each is spoken by each voice");
    static readonly Field<ImmutableArray<NoiseSpec>> Noises = SplitKeys.Required("noises", new FilledListOf<NoiseSpec>(NoiseForm), "noises, which take turns");
    static readonly Field<ImmutableArray<int>> SignalToNoise = SplitKeys.Required("signal-to-noise", new FilledListOf<int>(ScalarShapes.Integer.Select(ratio => ratio.Value)), "ratios of the powers of voice and noise in decibel, which take turns");
    static readonly Field<double> Pause = SplitKeys.Optional("pause", ScalarShapes.Number.Select(seconds => seconds.Value), 1, "seconds of noise before and after each sentence");
    static readonly Field<double> Alone = SplitKeys.Optional("noise-alone", ScalarShapes.Number.Select(seconds => seconds.Value), 0, "seconds of each noise without voice");
    static readonly Form<AudioSplit> SplitForm = new("a split of audio", SplitKeys,
        values => new AudioSplit(values.Get(Voices), values.Get(Texts), values.Get(Noises), values.Get(SignalToNoise), values.Get(Pause), values.Get(Alone)), Check);

    static readonly FieldSet Keys = new();
    static readonly Field<ImmutableSortedDictionary<string, AudioSplit>> Splits = Keys.Required("splits", new SplitsShape<AudioSplit>(SplitForm), "what is spoken, by the split's name");

    public static Form<DatasetContent> Form { get; } = new("`audio`", Keys, values => new DatasetContent.Audio(values.Get(Splits)));

    static bool Check(Values values)
    {
        const int mostDecibel = 100, mostSeconds = 60;
        if (values.Get(SignalToNoise).FirstOrDefault(decibel => Math.Abs(decibel) > mostDecibel) is not 0 and var ratio)
            return Refuse($"`signal-to-noise` has {ratio} dB, but -{mostDecibel} to {mostDecibel} can be mixed");
        if (values.Get(Pause) is < 0 or > mostSeconds || values.Get(Alone) is < 0 or > mostSeconds)
            return Refuse($"`pause` and `noise-alone` must be 0 to {mostSeconds} seconds");
        return true;

        bool Refuse(string message)
        {
            values.Reading.Error(Codes.WrongFormat, message, values.Span, null);
            return false;
        }
    }
}

/// <summary><c>text:</c> of datasets.</summary>
static class TextForm
{
    // GraphicsMagick expands some of these in labels, and its batches quote by others.
    const string Reserved = "%\\\"'@";

    static readonly Shape<int> Pixels = ScalarShapes.Count.Select(count => count.Value);

    static readonly Shape<Sited<string>> Line = new Scalar<string>(
        $"a line of text without [ {string.Join(", ", Reserved.Select(sign => $"`{sign}`"))} ]", text => (text, text.Length > 0 && !text.AsSpan().ContainsAny(Reserved) && !text.Any(char.IsControl)),
        () => new() { ["type"] = "string", ["pattern"] = $"^[^{Reserved.Replace("\\", "\\\\", StringComparison.Ordinal)}]+$" });

    static readonly Shape<Sited<string>> FontPath = new Scalar<string>(
        "an absolute path of letters, digits and `/._-`", text => (text, text.StartsWith('/') && text.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '/' or '.' or '_' or '-')),
        () => new() { ["type"] = "string", ["pattern"] = "^/[A-Za-z0-9/._-]+$" });

    static readonly FieldSet PageKeys = new();
    static readonly Field<int> Width = PageKeys.Required("width", Pixels, "pixels");
    static readonly Field<int> Height = PageKeys.Required("height", Pixels, "pixels");
    static readonly Field<int> Lines = PageKeys.Required("lines", Pixels, "lines on each page");
    static readonly Form<PageSpec> PageForm = new("`page`", PageKeys, values => new PageSpec(values.Get(Width), values.Get(Height), values.Get(Lines)), values =>
        Sensible(values, values.Get(Width) is >= 32 and <= 4096 && values.Get(Height) is >= 32 and <= 4096 && values.Get(Lines) > 0, "`page` must be 32 to 4096 pixels wide and high and have at least one line"));

    static readonly FieldSet SplitKeys = new();
    static readonly Field<ImmutableArray<Sited<string>>> Fonts = SplitKeys.Required("fonts", new FilledListOf<Sited<string>>(FontPath), "font files within the tool root");
    static readonly Field<ImmutableArray<int>> Sizes = SplitKeys.Required("sizes", new FilledListOf<int>(Pixels), "sizes in points at 72 dots per inch");
    static readonly Field<ImmutableArray<Sited<string>>> Texts = SplitKeys.Required("texts", new FilledListOf<Sited<string>>(Line), "lines; each is drawn in each font and size");
    static readonly Field<int> Seed = SplitKeys.Optional("seed", ScalarShapes.Integer.Select(seed => seed.Value), 0, "seed of colours, noise and places");
    static readonly Field<PageSpec?> Page = SplitKeys.Optional<PageSpec?>("page", PageForm!, null, "put the lines together to pages; otherwise each is an image, upright (label 0) and upside down (label 1)");
    static readonly Form<TextSplit> SplitForm = new("a split of text", SplitKeys,
        values => new TextSplit(values.Get(Fonts), values.Get(Sizes), values.Get(Texts), values.Get(Seed), values.Get(Page)),
        values => Sensible(values, values.Get(Sizes).All(size => size is >= 4 and <= 400), "`sizes` must be 4 to 400 points"));

    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> ToolRoot = Keys.Required("toolroot", ScalarShapes.Name, "tool root with GraphicsMagick and the fonts");
    static readonly Field<ImmutableSortedDictionary<string, TextSplit>> Splits = Keys.Required("splits", new SplitsShape<TextSplit>(SplitForm), "what is drawn, by the split's name");

    public static Form<DatasetContent> Form { get; } = new("`text`", Keys, values => new DatasetContent.Text(values.Get(ToolRoot), values.Get(Splits)));

    static bool Sensible(Values values, bool good, string message)
    {
        if (!good)
            values.Reading.Error(Codes.WrongFormat, message, values.Span, null);
        return good;
    }
}
