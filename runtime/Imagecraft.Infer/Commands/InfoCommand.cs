// `info MODEL`: what a model takes and gives. Unaware of values.

using System.Globalization;
using Imagecraft.Infer.Accelerators;
using Imagecraft.Infer.Data;
using Imagecraft.Infer.Network;

namespace Imagecraft.Infer.Commands;

static class InfoCommand
{
    public static int Run(ReadOnlySpan<string> words, TextWriter output)
    {
        var arguments = new Arguments("info", words, Loading.Options, Loading.Flags);
        var how = Loading.Read(arguments, arguments.Model);
        // Nothing is computed, so nothing need be arranged; but where nodes go is told of the network as it runs.
        using var net = Net.Load(arguments.Model, how.Device.Kind == DeviceKind.Cpu ? how with { Arranges = false } : how);
        var bytes = Files.ReadAll(arguments.Model);
        var header = ModelHeader.Parse(bytes);
        output.WriteLine($"model     {arguments.Model}");
        output.WriteLine($"format    {(OrtHeader.IsOrt(bytes) ? "ONNX Runtime" : "ONNX")}");
        output.WriteLine($"size      {bytes.Length} bytes");
        output.WriteLine($"producer  {(header.Producer.Length > 0 ? header.Producer : "unknown")}");
        output.WriteLine($"ir        {header.IrVersion}");
        output.WriteLine($"opsets    {string.Join(", ", header.Opsets.Select(opset => $"{opset.Domain} {opset.Version}"))}");
        output.WriteLine($"at load   {(how.Arranges && !OrtHeader.IsOrt(bytes) ? "arranged for this machine's processor" : "nothing is done")}");
        foreach (var port in net.Inputs)
            output.WriteLine($"input     {port.Name}: {port.Type.Name()} {Tensor.Format(port.Shape)}");
        foreach (var port in net.Outputs)
            output.WriteLine($"output    {port.Name}: {port.Type.Name()} {Tensor.Format(port.Shape)}");
        if (net.Placement is { } placement)
            foreach (var line in Lines(placement, net.Parts!))
                output.WriteLine(line);
        return ExitCode.Done;
    }

    static IEnumerable<string> Lines(Placement placement, string parts)
    {
        var all = placement.Nodes.Sum(node => node.Products);
        yield return Invariant($"device    {placement.Device} by {placement.Provider}: {placement.Share:P1} of {all} multiply-accumulates, {placement.Nodes.Count(node => node.Region is not null)} of {placement.Nodes.Count} nodes, {placement.Regions} parts, {placement.Crossings} crossings");
        yield return $"parts     {parts}";
        foreach (var node in placement.Nodes)
            yield return Invariant($"node      {(node.Region is { } region ? $"npu {region}" : "cpu"),-6} {node.Products,12} {node.Display}{(node.Reason is { } reason ? $": {reason}" : "")}");
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
