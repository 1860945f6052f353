// Every case that the ONNX project publishes goes through all passes and keeps its outputs, or is refused in words that name it.

using System.Text.RegularExpressions;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Reference;

namespace Imagecraft.Onnx.Tests.Conformance;

public sealed partial class EveryCaseTests(ITestOutputHelper output)
{
    /// <summary>With the package's version 1.17; far fewer mean that cases which were taken are refused now.</summary>
    const int LeastOperators = 900, LeastModels = 100;

    [Fact]
    public void Every_operator_goes_through_all_passes_or_is_refused_by_name() => Run("operators", ConformanceData.Cases, LeastOperators);

    [Fact]
    public void Every_model_goes_through_all_passes_or_is_refused_by_name() => Run("models", ConformanceData.Models, LeastModels);

    void Run(string what, IReadOnlyList<ConformanceCase> cases, int least)
    {
        using var folder = new TemporaryFolder();
        var (passed, refused, failed) = (0, new SortedDictionary<string, List<string>>(StringComparer.Ordinal), new List<string>());
        foreach (var test in cases)
        {
            try
            {
                if (Problem(test, folder.Root) is { } problem)
                    failed.Add($"{test.Name}: {problem}");
                else
                    passed++;
            }
            catch (OnnxException refusal) when (NamesSomething().IsMatch(refusal.Message))
            {
                var reason = Quoted().Replace(refusal.Message.Split(": ")[0], "`...`");
                refused.TryAdd(reason, []);
                refused[reason].Add($"{test.Name} ({refusal.Message})");
            }
            catch (Exception problem) when (problem is not (OperationCanceledException or OutOfMemoryException))
            {
                failed.Add($"{test.Name}: {problem.GetType().Name}: {problem.Message}");
            }
        }
        // For people: what a passing test says to `output`, nobody sees.
        Console.Out.WriteLine($"ONNX {what} through all passes: {passed} passed, {refused.Values.Sum(names => names.Count)} refused, {failed.Count} failed");
        foreach (var (reason, names) in refused)
            output.WriteLine($"Refused, {reason}: {names.Count}\n  {string.Join("\n  ", names)}");
        Assert.True(failed.Count == 0, string.Join('\n', failed));
        Assert.True(passed >= least, $"Only {passed} cases passed\n{string.Join('\n', refused.Select(pair => $"{pair.Key}: {pair.Value.Count} {pair.Value[0]}"))}");
    }

    /// <summary>What is wrong with the outputs; null when they are what was published, or, where ONNX has changed its rules since, what the network gave before.</summary>
    static string? Problem(ConformanceCase test, string scratch)
    {
        var options = new ModelOptions { Name = test.Name, Version = "1", License = "MIT" };
        var given = test.InputPaths.Select(ConformanceData.Tensor).ToList();
        var expected = test.OutputPaths.Select(ConformanceData.Tensor).ToList();
        var before = OnnxFile.Read(test.ModelPath, test.Name);
        var model = ModelBuilder.Forming(options, scratch).Concat(StandardPasses.Make(scratch, OptimizationLevel.Extended)).Aggregate(before.Clone(), (changed, pass) => pass.Apply(changed, test.Name));
        var network = new ReferenceNetwork(model, test.Name);
        if (given.Concat(expected).Any(tensor => tensor is null))
            return "it went through, though its values are sequences or optional";
        var inputs = before.Graph.Input.Zip(given).ToDictionary(pair => pair.First.Name, pair => pair.Second!);
        var actual = network.Run(inputs, TestContext.Current.CancellationToken);
        if (ConformanceRun.Difference(actual, expected!) is not { } difference)
            return null;
        var earlier = new ReferenceNetwork(before, test.Name).Run(inputs, TestContext.Current.CancellationToken);
        return ConformanceRun.Difference(actual, earlier) is null ? null : $"after the passes, {difference}";
    }

    /// <summary>A message without a name in backticks helps nobody.</summary>
    [GeneratedRegex("`[^`]+`")]
    private static partial Regex NamesSomething();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Quoted();
}
