// Splits and outputs that are larger than memory should hold.

using System.Collections.Immutable;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Tests;

public class StreamingTests
{
    [Fact]
    public void A_large_split_is_read_image_by_image_when_its_frames_are_asked_for()
    {
        // 100 frames of 3 x 512 x 512 floats are 300 MiB.
        var files = new CountedFiles(100, new(2, 2, 3, new byte[12]));
        var options = ModelBuilderTests.Options() with { Preprocess = new() { Fit = ImageFit.Stretch, Channels = ChannelOrder.Rgb } };
        var sequence = Assert.Single(new DatasetFolder(files, "large").Read("test", new("x", "float32", [1, 3, 512, 512]), options, null, TestContext.Current.CancellationToken));
        Assert.Equal((100, 0), (sequence.Count, files.Images));
        Assert.Equal([1, 1, 3, 512, 512], sequence.Slice(41, 1).Frames.Shape);
        Assert.Equal(1, files.Images);
        Assert.Equal([41f], sequence.Slice(41, 1).Labels);
        Assert.All(Evaluator.Parts(sequence), part => Assert.InRange((long)part.Count * part.FrameLength * sizeof(float), 1, 16 << 20));
        Assert.Equal(100, Evaluator.Parts(sequence).Sum(part => part.Count));
    }

    [Fact]
    public void A_small_split_is_read_once()
    {
        var files = new CountedFiles(10, new(2, 2, 1, new byte[4]));
        var options = ModelBuilderTests.Options() with { Preprocess = new() };
        var sequence = Assert.Single(new DatasetFolder(files, "small").Read("test", new("x", "float32", [1, 1, 2, 2]), options, null, TestContext.Current.CancellationToken));
        Assert.Equal(10, files.Images);
        Assert.Equal(sequence.Frames.Values, sequence.Frames.Values);
        Assert.Equal(10, files.Images);
    }

    [Fact]
    public void Outputs_beyond_the_budget_lie_in_a_file_and_come_back_as_they_were()
    {
        using var folder = new TemporaryFolder();
        var tensors = Enumerable.Range(0, 6).Select(i => new FloatTensor([1, 5], new NoiseGenerator(i).Take(5, 1))).ToArray();
        using (var spool = new OutputSpool(6, folder["outputs"], budget: 40))
        {
            Parallel.For(0, 6, i => spool.Set(i, tensors[i]));
            Assert.Equal(80, new FileInfo(folder["outputs"]).Length);
            for (var i = 5; i >= 0; i--)
                Assert.Equal(tensors[i].Values, spool[i].Values);
            Assert.Equal(30, spool.Sum(tensor => tensor.Values.Length));
        }
        Assert.False(File.Exists(folder["outputs"]));
    }

    [Fact]
    public void A_gate_judges_frames_that_are_read_anew_as_those_in_memory()
    {
        using var folder = new TemporaryFolder();
        var options = ModelBuilderTests.Options() with { Carry = ImmutableSortedDictionary<string, string>.Empty };
        options = options with { Constants = options.Constants.Add("rate", 16000) };
        OnnxFile.Write(TestModels.Conditional(), folder["source.onnx"]);
        ModelBuilder.Prepare(folder["source.onnx"], folder["model.onnx"], [], options, folder.Root, TestContext.Current.CancellationToken);
        var frames = new FloatTensor([300, 1, 20], new NoiseGenerator(1).Take(6000, 1));
        var kept = new LabelledSequence("noise", frames, []);
        var read = new LabelledSequence("noise", 300, [1, 20], LabelledSequence.Each(20, (index, frame) => frames.Values.AsSpan(index * 20, 20).CopyTo(frame)), []);
        Assert.Equal(frames.Values, read.Frames.Values);
        Assert.Equal(frames.Values[100..140], read.Slice(3, 200).Slice(2, 2).Frames.Values);
        var results = new[] { kept, read }.Select(sequence =>
        {
            using var gate = new AccuracyGate(folder["model.onnx"], options, new(Metric.Named("cosine"), 0, null), [sequence], "noise/test", TestContext.Current.CancellationToken);
            return gate.Judge(folder["model.onnx"], TestContext.Current.CancellationToken);
        }).ToArray();
        Assert.Equal(results[0], results[1]);
        Assert.Equal((300, 1.0), (results[0].Frames, results[0].CandidateValue));
        Assert.Equal((300, "frames"), (results[0].Evidence!.Units, results[0].Evidence!.UnitName));

        // Sounds are units as a whole, in however many parts they were computed.
        using var whole = new AccuracyGate(folder["model.onnx"], options, new(Metric.Named("cosine"), 0, null), [.. Enumerable.Repeat(read with { IsSeries = true }, 12)], "noise/test", TestContext.Current.CancellationToken);
        var heard = whole.Judge(folder["model.onnx"], TestContext.Current.CancellationToken);
        Assert.Equal((3600, 12, "sequences"), (heard.Frames, heard.Evidence!.Units, heard.Evidence.UnitName));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Units_of_outputs_in_a_file_are_those_in_memory_with_labels_and_truths(bool areFramesAlone)
    {
        using var folder = new TemporaryFolder();
        var all = new LabelledSequence("set", FloatTensor.Zeros([7, 1, 2]), [0, 1, 2, 3, 4, 5, 6]) { Truths = [.. Enumerable.Range(0, 7).Select(i => new FrameLabel.Words($"{i}"))] };
        LabelledSequence[] parts = [.. all.Parts(3 * 2 * sizeof(float))];
        Assert.Equal([3, 3, 1], parts.Select(part => part.Count));
        using var outputs = Spool("outputs", 1);
        using var references = Spool("references", 2);
        Assert.True(File.Exists(folder["outputs"]));
        var units = new ScoredUnits(parts, outputs, references, areFramesAlone);
        Assert.Equal(areFramesAlone ? 7 : 3, units.Count);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], units.SelectMany(unit => unit.Labels));
        Assert.Equal(all.Truths, units.SelectMany(unit => unit.Truths));
        Assert.Equal(outputs.SelectMany(output => output.Values), units.SelectMany(unit => unit.Output.Values));
        Assert.Equal(references.SelectMany(output => output.Values), units.SelectMany(unit => unit.Reference.Values));
        foreach (var (unit, index) in units.Select((unit, index) => (unit, index)))
            Assert.Equal((unit.Count, unit.Output.Values[0], unit.Labels[0]), (units[index].Count, units[index].Output.Values[0], units[index].Labels[0]));

        OutputSpool Spool(string name, int seed)
        {
            var spool = new OutputSpool(parts.Length, folder[name], budget: 0);
            for (var i = 0; i < parts.Length; i++)
                spool.Set(i, new([parts[i].Count, 4], new NoiseGenerator(seed + (10 * i)).Take(parts[i].Count * 4, 1)));
            return spool;
        }
    }

    [Fact]
    public void Boxes_of_a_large_split_are_there_before_its_frames_are()
    {
        var files = new CountedFiles(100, new(2, 2, 3, new byte[12])) { Label = "boxes:1,0,1,1,3" };
        var options = ModelBuilderTests.Options() with { Preprocess = new() { Fit = ImageFit.Stretch, Channels = ChannelOrder.Rgb } };
        var sequence = Assert.Single(new DatasetFolder(files, "large").Read("test", new("x", "float32", [1, 3, 512, 512]), options, null, TestContext.Current.CancellationToken));
        Assert.Equal(100, files.Images);
        Assert.Equal([new LabelledBox(256, 0, 256, 256, 3)], Assert.IsType<FrameLabel.Boxes>(sequence.Slice(50, 2).Truths[1]).Items);
        Assert.Equal(100, files.Images);
    }

    sealed class CountedFiles(int count, PixelImage image) : IDatasetFiles
    {
        public int Images;

        public string? Label { get; init; }

        readonly byte[] file = Bytes(image);

        public IEnumerable<string> Folders => ["test"];

        public byte[]? Read(string path)
        {
            if (path == "test/labels.tsv")
                return [.. System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(i => $"{i}.ppm\t{Label ?? $"{i}"}\n")))];
            if (!path.EndsWith(".ppm", StringComparison.Ordinal))
                return null;
            Interlocked.Increment(ref Images);
            return file;
        }

        static byte[] Bytes(PixelImage image)
        {
            var path = Path.GetTempFileName();
            PnmFile.Write(image, path);
            var bytes = File.ReadAllBytes(path);
            File.Delete(path);
            return bytes;
        }
    }
}
