// `verify MODEL-FOLDER`: whether this machine reproduces a deployed model's golden outputs. Unaware of how they were made.

using Imagecraft.Infer.Accelerators;
using Imagecraft.Infer.Data;
using Imagecraft.Infer.Deployed;
using Imagecraft.Infer.Network;

namespace Imagecraft.Infer.Commands;

static class VerifyCommand
{
    const string LeastShare = "--min-share", MostRegions = "--max-regions", MostCrossings = "--max-crossings", MostCycles = "--max-cycles";

    public static int Run(ReadOnlySpan<string> words, TextWriter output)
    {
        var arguments = new Arguments("verify", words, [LeastShare, MostRegions, MostCrossings, MostCycles, .. Loading.Options], ["--json", .. Loading.Flags]);
        var bounds = new DeviceBounds(arguments.Decimal(LeastShare, 0, 1), arguments.Count(MostRegions), arguments.Count(MostCrossings), arguments.Count(MostCycles));
        var folder = ModelFolder.Open(arguments.Model);
        var card = folder.Card;
        if (card.Samples.Count == 0)
            throw new InferException($"The card of `{folder.Root}` has no `samples`, so there is nothing to verify; build the model again, which makes golden frames by itself");
        var how = Loading.Read(arguments, folder.ModelPath);
        if (!bounds.IsEmpty && how.Device.Kind == DeviceKind.Cpu)
            throw new InferException($"[{LeastShare}, {MostRegions}, {MostCrossings}, {MostCycles}] limit what is on an accelerator; add `--device npu`");
        using var net = Net.Load(folder.ModelPath, how);
        var stepper = new Stepper(folder.Sequences(net), card.Carry);
        var decisions = card.Decision is { } rule ? new Decisions(rule) : null;
        if (card.Decision is { } decision)
            net.Output(decision.Output);
        var results = new List<OutputResult>();
        var problems = new List<string>();
        foreach (var sample in card.Samples)
        {
            try
            {
                var outputs = stepper.Run(net, folder.Inputs(sample, net), sample.Frames);
                foreach (var port in net.Outputs)
                {
                    var path = folder.Expected(sample, port);
                    var (given, golden, allowance) = (outputs[port.Name], Npy.Read(path), card.ToleranceOf(port.Name));
                    var deviation = Comparison.Of(given, golden, allowance, path);
                    results.Add(new(sample, port.Name, deviation, allowance));
                    if (card.Decision?.Output == port.Name)
                        decisions!.Add(given, golden, deviation.Bound);
                }
            }
            catch (InferException problem)
            {
                problems.Add(problem.Message);
            }
        }
        var report = new VerifyReport(folder, results, decisions) { Placement = net.Placement, Bounds = bounds };
        if (!arguments.Has("--json"))
            output.WriteLine(report.Text());
        // Every damaged sample is told at once; what the others gave is already printed.
        if (problems.Count > 0)
            throw new InferException(string.Join("; ", problems));
        if (arguments.Has("--json"))
            output.WriteLine(report.Json());
        return report.Passes ? ExitCode.Done : ExitCode.Mismatch;
    }
}
