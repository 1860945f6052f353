// Compiled parts as bytes: what is read is what was written, and bytes of any kind are read or refused.

using System.Collections.Immutable;
using Imagecraft.Vnpu.Compilation;
using Imagecraft.Vnpu.Networks;

namespace Imagecraft.VirtualNpu.Tests;

public sealed class CompiledContextTests
{
    [Fact]
    public void A_part_is_read_as_it_was_written()
    {
        var context = Context();
        var bytes = context.Write();
        var read = CompiledContext.Read(bytes);
        Assert.Equal(bytes, read.Write());
        Assert.Equal(context.Nodes, read.Nodes);
        Assert.Equal(context.Program.Commands, read.Program.Commands);
        Assert.Equal(context.Program.Makers, read.Program.Makers);
        Assert.Equal(context.Program.Constants.Select(constants => constants.ToArray()), read.Program.Constants.Select(constants => constants.ToArray()));
        Assert.Equal(context.Program.Inputs.Select(port => (port.Name, port.Offset, port.Bytes)), read.Program.Inputs.Select(port => (port.Name, port.Offset, port.Bytes)));
        Assert.Equal(context.Program.Outputs[0].Shape, read.Program.Outputs[0].Shape);
    }

    [Fact]
    public void What_is_no_part_or_of_another_version_says_so()
    {
        var bytes = Context().Write();
        Assert.Equal("it is no compiled part for this accelerator", Refused([]));
        Assert.Equal("it is no compiled part for this accelerator", Refused([.. bytes[1..]]));
        Assert.Equal("it is of version 2, expected 1", Refused([.. bytes[..7], 2, .. bytes[8..]]));
        Assert.Equal("it is damaged: its sizes do not fit", Refused(bytes[..^1]));
        Assert.Equal("it is damaged: its sizes do not fit", Refused([.. bytes, 0]));
        // The provider copies inputs and outputs to and from where the head says.
        Assert.StartsWith("it is damaged: `", Refused(Replaced(bytes, "\"bytes\":50", "\"bytes\":99")), StringComparison.Ordinal);

        static string Refused(byte[] bytes) => Assert.Throws<InvalidDataException>(() => CompiledContext.Read(bytes)).Message;
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_name_places_within_their_memory()
    {
        var good = Context().Write();
        var random = new Random(4);
        for (var i = 0; i < 5000; i++)
        {
            var bytes = good.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                bytes[random.Next(2) == 0 ? random.Next(Math.Min(bytes.Length, 700)) : random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"0123456789-\"[]{},:"[random.Next(18)];
            if (random.Next(5) == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                var program = CompiledContext.Read(bytes).Program;
                Assert.All(program.Inputs.Concat(program.Outputs), port => Assert.True(port.Offset >= 0 && port.Bytes >= 0 && port.Offset + port.Bytes <= program.ArenaBytes));
                Assert.InRange(program.ArenaBytes, 0, Compiler.MostBytes);
            }
            catch (InvalidDataException)
            {
                // Told as what it is.
            }
        }
    }

    [Fact]
    public void Nodes_that_stand_for_parts_are_placed_as_what_they_were_made_of()
    {
        var net = Network();
        var nodes = net.Nodes();
        ImmutableArray<string> outputs = [nodes[^1].Outputs[0]!.Name];
        var partition = Partition.Of(nodes, outputs);
        Assert.Equal(1, partition.Regions);
        var context = partition.Compile(0, outputs);
        var stands = new NetworkNode("part", "com.microsoft", "EPContext", [.. context.Program.Inputs.Select(Value)], [.. context.Program.Outputs.Select(Value)]);
        var again = Partition.OfContexts([stands], outputs, new Dictionary<NetworkNode, CompiledContext> { [stands] = context });
        Assert.Equal((partition.Regions, partition.Crossings), (again.Regions, again.Crossings));
        Assert.Equal(partition.Places.Select(place => (place.Node.Name, place.Node.Kind, place.Region, place.Products)), again.Places.Select(place => (place.Node.Name, place.Node.Kind, place.Region, place.Products)));

        static NetworkValue? Value(ProgramPort port) => new(port.Name, ElementType.UInt8, port.Shape);
    }

    private static byte[] Replaced(byte[] bytes, string old, string by)
    {
        var text = System.Text.Encoding.Latin1.GetString(bytes);
        var at = text.IndexOf(old, StringComparison.Ordinal);
        return System.Text.Encoding.Latin1.GetBytes(text[..at] + by + text[(at + old.Length)..]);
    }

    private static CompiledContext Context()
    {
        var nodes = Network().Nodes();
        ImmutableArray<string> outputs = [nodes[^1].Outputs[0]!.Name];
        return Partition.Of(nodes, outputs).Compile(0, outputs);
    }

    // A convolution and a product behind it.
    private static TestNetwork Network()
    {
        var random = new Random(3);
        var net = new TestNetwork();
        byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(256))];
        var x = net.Input(Bytes(2 * 5 * 5), false, 1, 2, 5, 5);
        var a = net.Node("QLinearConv", "", [x, net.Scale(0.1f), net.Zero(3, false), net.Bytes(Bytes(3 * 2 * 3 * 3), true, 3, 2, 3, 3), net.Scale(0.02f), net.Zero(0, true), net.Scale(0.3f), net.Zero(7, false)]);
        net.Node("QLinearMatMul", "", [a, net.Scale(0.3f), net.Zero(7, false), net.Bytes(Bytes(3 * 4), true, 3, 4), net.Scale(0.02f), net.Zero(0, true), net.Scale(0.3f), net.Zero(7, false)]);
        return net;
    }
}
