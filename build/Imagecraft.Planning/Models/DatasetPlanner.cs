// A dataset as actions that give a tree with a folder for each split. Unaware of networks and of what the functions do.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests;
using Imagecraft.Requests.Datasets;

namespace Imagecraft.Planning.Models;

/// <summary>Plans datasets; they depend on no board, and several networks share them.</summary>
public sealed class DatasetPlanner(PlanContext context, ToolRoots toolRoots, SourcePlanner sources)
{
    /// <summary>The tool root with espeak-ng.</summary>
    public const string AudioToolRoot = "audio";

    private const string SpokenFolder = "/out/speech", DrawnFolder = "/out/lines";
    private const string SpeakerPath = "/imagecraft/speak";

    private const int UsualRate = 16000;
    private const long Memory = 2L << 30;

    /// <summary>The tree with the folder of a split of the dataset <paramref name="name"/>; null after a problem that was noted.</summary>
    public OutputRef? Plan(Sited<string> name, Sited<string> split)
    {
        if (!context.Workspace.Datasets.TryGetValue(name, out var dataset))
        {
            context.Error("IC0371", $"No dataset is named `{name}`", name.Span, Nearest.Hint(name, context.Workspace.Datasets.Keys, "dataset"));
            return null;
        }

        if (context.Has(Id(dataset, "")))
            return Split(dataset, split, new(Id(dataset, ""), OutputSlot.Tree.Name));
        return dataset.Content switch
        {
            DatasetContent.Idx idx => Idx(dataset, idx),
            DatasetContent.Audio audio => Audio(dataset, audio),
            DatasetContent.Text text => Text(dataset, text),
            DatasetContent.Files files => Split(dataset, split, Files(dataset, files.Spec)),
            _ => throw new InvalidOperationException($"No planner for {dataset.Content.GetType().Name}"),
        };
    }

    private static ActionId Id(Dataset dataset, string step) => new($"dataset:{dataset.Name}{step}");

    private OutputRef Idx(Dataset dataset, DatasetContent.Idx idx)
    {
        var package = toolRoots.PlanSet(Id(dataset, ":package"), LockSets.OfDataset(dataset.Name), context.Options.HostArchitecture, $"Take the package of the dataset {dataset.Name}", idx.Package.Span);
        return Make(dataset, new DatasetIdxRequest(dataset.Name, idx.Splits.ToImmutableSortedDictionary(s => s.Key, s => new IdxFiles(s.Value.Images, s.Value.Labels), StringComparer.Ordinal)), package.At(DatasetIdxRequest.PackageInput, $"the files of {idx.Package}"));
    }

    private OutputRef Audio(Dataset dataset, DatasetContent.Audio audio)
    {
        var steps = new Steps().Then("mkdir", "-p", SpokenFolder);
        var items = audio.Splits.SelectMany(split => Spoken(split.Key, split.Value, steps).Concat(Alone(split.Key, split.Value))).ToImmutableArray();
        var spoken = context.Add(new ActionNode
        {
            Id = Id(dataset, ":speech"),
            Work = new ActionWork.Process { Arguments = steps.ToArguments() },
            Inputs =
            [
                toolRoots.Plan(AudioToolRoot, dataset.Name.Span).At("/", "tools"),
                Steps.Runner,
                new(SpeakerPath, new InputSource.Inline(EmbeddedText.Read("speak"), Executable: true), "the script that speaks, and refuses voices that are not the same twice"),
            ],
            Outputs = [new("tree", SpokenFolder, OutputKind.Tree)],
            Description = $"Speak the sentences of {dataset.Name}",
        });
        return Make(dataset, new DatasetAudioRequest(items), spoken.At(DatasetAudioRequest.SpeechInput, "clean voice"));
    }

    private static IEnumerable<AudioItem> Spoken(string split, AudioSplit audio, Steps steps)
    {
        var turn = 0;
        for (var voice = 0; voice < audio.Voices.Length; voice++)
        {
            for (var text = 0; text < audio.Texts.Length; text++, turn++)
            {
                var file = string.Create(CultureInfo.InvariantCulture, $"{split}-{voice:D2}-{text:D2}.wav");
                steps.Then("/bin/bash", SpeakerPath, audio.Voices[voice], $"{SpokenFolder}/{file}", audio.Texts[text]);
                var noise = audio.Noises[turn % audio.Noises.Length];
                var decibel = audio.SignalToNoise[turn / audio.Noises.Length % audio.SignalToNoise.Length];
                yield return new(split, string.Create(CultureInfo.InvariantCulture, $"{voice:D2}-{text:D2}-{noise.Kind}-{decibel}db"), file, noise.Kind, Seed(noise.Seed, turn), decibel, audio.PauseSeconds);
            }
        }
    }

    private static IEnumerable<AudioItem> Alone(string split, AudioSplit audio) => audio.NoiseSeconds > 0
        ? audio.Noises.Select((noise, index) => new AudioItem(split, string.Create(CultureInfo.InvariantCulture, $"noise-{index:D2}-{noise.Kind}"), null, noise.Kind, Seed(noise.Seed, -1), 0, audio.NoiseSeconds))
        : [];

    /// <summary>Noise that repeats from sound to sound would be learned by heart.</summary>
    private static long Seed(int seed, int turn) => (seed * 1_000_003L) + turn;

    private OutputRef Text(Dataset dataset, DatasetContent.Text text)
    {
        var batch = new List<string>();
        var splits = text.Splits.Select(split => Lines(split.Key, split.Value, batch)).ToImmutableArray();
        var drawn = context.Add(new ActionNode
        {
            Id = Id(dataset, ":draw"),
            Work = new ActionWork.Process { Arguments = new Steps().Then("mkdir", "-p", DrawnFolder).Then("gm", "batch", "-echo", "off", "-stop-on-error", "on", "/imagecraft/draw").ToArguments() },
            Inputs =
            [
                toolRoots.Plan(text.ToolRoot, text.ToolRoot.Span).At("/", "tools and fonts"),
                Steps.Runner,
                new("/imagecraft/draw", new InputSource.Inline(string.Concat(batch.Select(line => line + "\n"))), "what is drawn"),
            ],
            Outputs = [new("tree", DrawnFolder, OutputKind.Tree)],
            Description = $"Draw the lines of {dataset.Name}",
        });
        return Make(dataset, new DatasetTextRequest(splits), drawn.At(DatasetTextRequest.LinesInput, "black on white"));
    }

    private static TextLines Lines(string name, TextSplit split, List<string> batch)
    {
        var files = Drawn(name, split, batch).ToImmutableArray();
        return new(name, files, split.Seed, split.Page is { } page ? new(page.Width, page.Height, page.Lines) : null)
        {
            Words = split.HaveWords ? [.. files.Select((_, count) => split.Texts[count % split.Texts.Length].Value)] : null,
        };
    }

    private static IEnumerable<string> Drawn(string split, TextSplit text, List<string> batch)
    {
        var faces = text.Sizes.SelectMany(size => text.Fonts.Select(font => (Font: font, Size: size))).ToArray();
        for (var count = 0; count < faces.Length * text.Texts.Length; count++)
        {
            // Neighbours differ in text, font and size, so that pages are mixed; each text still meets each face once.
            var line = count % text.Texts.Length;
            var (font, size) = faces[((count / text.Texts.Length) + line) % faces.Length];
            var file = string.Create(CultureInfo.InvariantCulture, $"{split}-{count:D4}.pgm");
            batch.Add(string.Create(CultureInfo.InvariantCulture, $"convert -background white -fill black -font {font} -pointsize {size} \"label:{text.Texts[line]}\" -type Grayscale -depth 8 {DrawnFolder}/{file}"));
            yield return file;
        }
    }

    /// <summary>Data from files have an output for each split; a split that does not exist was told while reading.</summary>
    private static OutputRef Split(Dataset dataset, Sited<string> split, OutputRef made) =>
        dataset.Content is DatasetContent.Files files && files.Splits.ContainsKey(split) ? made.Beside(DatasetFilesRequest.SplitOutput(split)) : made;

    private OutputRef Files(Dataset dataset, FilesSpec files)
    {
        var source = sources.Tree(files.Source, dataset.Folder, dataset.Name, Id(dataset, ":source"));
        return Make(
            dataset,
            new DatasetFilesRequest
            {
                Name = dataset.Name,
                Folder = files.Folder,
                Kind = files.Kind is { } kind ? Words.Of<DataFileKind>(kind) : null,
                Labels = Labels(files.Labels),
                Classes = [.. files.Classes.Select(c => c.Value)],
                Splits = files.Splits.ToImmutableSortedDictionary(s => s.Key, s => new FileSplit(s.Value.Folder?.Value.Trim('/'), s.Value.List?.Value, s.Value.Share?.Value, s.Value.Labels is { } own ? Labels(own) : null), StringComparer.Ordinal),
                Seed = files.Seed,
                Rate = files.Rate?.Value ?? UsualRate,
                Convert = files.Convert,
                AllowsDuplicates = files.AllowsDuplicates,
            },
            source.At(DatasetFilesRequest.SourceInput, $"the files of {dataset.Name}"),
            Memory);
    }

    private static FileLabels Labels(FileLabelsSpec labels) => new(Words.Of<FileLabelsKind>(labels.Kind), labels.Path, labels.File, labels.Label, labels.Text)
    {
        Meaning = labels.Meaning switch { LabelKind.Words => FileLabelMeaning.Words, LabelKind.Map => FileLabelMeaning.Map, _ => FileLabelMeaning.Class },
    };

    private OutputRef Make<T>(Dataset dataset, T request, InputEdge content, long? memory = null) where T : IRequest =>
        context.Call(Id(dataset, ""), request, "what the dataset's file says", $"Make the dataset {dataset.Name}", [content], memory);
}
