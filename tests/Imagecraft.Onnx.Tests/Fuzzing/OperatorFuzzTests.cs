// Networks of one operator, changed by a seed: they are prepared and computed, or refused in words.

using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Reference;
using Imagecraft.Onnx.Tests.Conformance;

namespace Imagecraft.Onnx.Tests.Fuzzing;

public sealed class OperatorFuzzTests(ITestOutputHelper output)
{
    /// <summary>Each run takes one case of that many; all of them with <c>IMAGECRAFT_TEST_FUZZ</c>, as often as that says.</summary>
    const int Share = 5;

    /// <summary>Far more than any of these networks needs, also on a busy machine; what goes on between nodes ends then, and a kernel that does not is the test's end.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public void Changed_operators_are_computed_or_refused()
    {
        var times = int.TryParse(Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_FUZZ"), out var given) ? given : 0;
        var (computed, refused, failed) = (0, 0, new List<string>());
        var cases = ConformanceData.Cases;
        for (var round = 0; round < Math.Max(times, 1); round++)
            for (var i = 0; i < cases.Count; i++)
            {
                var seed = (round * cases.Count) + i;
                if (times == 0 && i % Share != 0)
                    continue;
                switch (Try(cases[i], seed))
                {
                    case null:
                        computed++;
                        break;
                    case "":
                        refused++;
                        break;
                    case var problem:
                        failed.Add($"(\"{cases[i].Name}\", {seed}): {problem}");
                        break;
                }
            }
        output.WriteLine($"{computed} computed, {refused} refused, {failed.Count} failed");
        Assert.True(failed.Count == 0, string.Join('\n', failed));
        Assert.True(computed > 0 && refused > 0);
    }

    /// <summary>Null when it was computed, empty when it was refused, else what is wrong.</summary>
    static string? Try(ConformanceCase test, int seed)
    {
        using var folder = new TemporaryFolder();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            File.WriteAllBytes(folder["net.onnx"], TestModels.Bytes(new Mutator(seed).Distort(ModelProto.Parser.ParseFrom(File.ReadAllBytes(test.ModelPath)))));
            var model = OnnxFile.Read(folder["net.onnx"], test.Name);
            var options = new ModelOptions { Name = test.Name, Version = "1", License = "MIT" };
            model = ModelBuilder.Forming(options, folder.Root).Concat(StandardPasses.Make(folder.Root, OptimizationLevel.Basic)).Aggregate(model, (changed, pass) => pass.Apply(changed, test.Name));
            var inputs = model.Graph.Input.Zip(test.InputPaths.Select(ConformanceData.Tensor)).Where(pair => pair.Second is not null).GroupBy(pair => pair.First.Name).ToDictionary(group => group.Key, group => group.First().Second!);
            var network = new ReferenceNetwork(model, test.Name);
            if (network.Inputs.All(port => inputs.ContainsKey(port.Name)))
                network.Run(inputs, patience.Token);
            return null;
        }
        catch (OnnxException)
        {
            return "";
        }
        catch (Exception problem)
        {
            return problem.ToString();
        }
    }
}
