// What the compiler makes of networks gives the reference's bits; what it does not take it says why.

using System.Collections.Immutable;
using Imagecraft.Vnpu.Compilation;
using Imagecraft.Vnpu.Networks;

namespace Imagecraft.VirtualNpu.Tests;

public sealed class CompilerTests
{
    private readonly Random _random = new(20261127);

    [Theory]
    [InlineData("", "NOTSET", 2)]
    [InlineData("com.microsoft", "SAME_UPPER", 2)]
    [InlineData("", "SAME_LOWER", 2)]
    [InlineData("", "VALID", 2)]
    [InlineData("", "NOTSET", 1)]
    public void Convolutions_over_images_and_sounds_are_compiled_with_all_their_attributes(string domain, string pads, int axes)
    {
        for (var i = 0; i < 60; i++)
        {
            var net = new TestNetwork();
            bool isSigned = Coin(), isWeightSigned = Coin();
            var groups = Pick(1, 1, 2, 3);
            long channels = groups * _random.Next(1, 5), filters = groups * _random.Next(1, 6), images = _random.Next(1, 4);
            long[] sides = Sides(axes, 5, 12), kernel = Sides(axes, 1, 4), strides = Sides(axes, 1, 3), dilations = pads == "NOTSET" ? Sides(axes, 1, 3) : Sides(axes, 1, 2);
            var x = Image(net, isSigned, [images, channels, .. sides]);
            (string, object)[] attributes = [("group", (long)groups), ("strides", strides), ("dilations", dilations), ("auto_pad", pads), .. pads == "NOTSET" ? [("pads", (object)Sides(2 * axes, 0, 3))] : Array.Empty<(string, object)>()];
            string[] inputs =
            [
                x, net.Scale(Step()), net.Zero(Zero(isSigned), isSigned),
                net.Bytes(Bytes(filters * channels / groups * Count(kernel)), isWeightSigned, [filters, channels / groups, .. kernel]), net.Floats([.. Enumerable.Range(0, (int)filters).Select(_ => Step())], filters), net.Zero(Zero(isWeightSigned), isWeightSigned),
                net.Scale(60 * Step()), net.Zero(Zero(isSigned), isSigned), .. Coin() ? [net.Integers([.. Enumerable.Range(0, (int)filters).Select(_ => _random.Next(-9000, 9000))], filters)] : Array.Empty<string>(),
            ];
            net.Node("QLinearConv", domain, inputs, attributes);
            net.Check();
        }
    }

    [Fact]
    public void Products_are_compiled_transposed_or_not_with_and_without_a_bias()
    {
        for (var i = 0; i < 80; i++)
        {
            var net = new TestNetwork();
            bool isSigned = Coin(), isWeightSigned = Coin(), isTurned = Coin(), isGemm = Coin();
            long rows = _random.Next(1, 9), depth = _random.Next(1, 30), columns = _random.Next(1, 20);
            var x = Image(net, isSigned, isGemm ? [rows, depth] : [2, rows, depth]);
            string[] left = [x, net.Scale(Step()), net.Zero(Zero(isSigned), isSigned)];
            var (scale, zero, to) = (net.Scale(Step()), net.Zero(Zero(isWeightSigned), isWeightSigned), new[] { net.Scale(40 * Step()), net.Zero(Zero(isSigned), isSigned) });
            if (isGemm)
                net.Node("QGemm", TestNetwork.Runtime, [.. left, net.Bytes(Bytes(depth * columns), isWeightSigned, isTurned ? [columns, depth] : [depth, columns]), scale, zero, Coin() ? net.Integers([.. Enumerable.Range(0, (int)columns).Select(_ => _random.Next(-900, 900))], columns) : "", .. to], ("transB", isTurned ? 1L : 0L), ("alpha", 0.75f));
            else
                net.Node("QLinearMatMul", "", [.. left, net.Bytes(Bytes(depth * columns), isWeightSigned, depth, columns), scale, zero, .. to]);
            net.Check();
        }
    }

    [Theory]
    [InlineData(new long[] { 2, 3, 4, 5 }, new long[] { 2, 3, 4, 5 })]
    [InlineData(new long[] { 2, 3, 4, 5 }, new long[] { 1, 3, 1, 1 })]
    [InlineData(new long[] { 2, 3, 4, 5 }, new long[] { 2, 3, 1, 1 })]
    [InlineData(new long[] { 2, 3, 4, 5 }, new long[] { 4, 5 })]
    [InlineData(new long[] { 2, 3, 4, 5 }, new long[] { 1 })]
    [InlineData(new long[] { 3, 1, 1 }, new long[] { 2, 3, 4, 5 })]
    public void Products_of_elements_repeat_either_side(long[] left, long[] right)
    {
        for (var i = 0; i < 20; i++)
        {
            var net = new TestNetwork();
            var isSigned = Coin();
            net.Node("QLinearMul", TestNetwork.Runtime, Binary(net, isSigned, Image(net, isSigned, left), Image(net, isSigned, right), 20));
            net.Check();
        }
    }

    [Theory]
    [InlineData(new long[] { 2, 3, 4, 5 })]
    [InlineData(new long[] { 3, 1, 1 })]
    [InlineData(new long[] { 1 })]
    public void Sums_take_constants_that_are_repeated(long[] shape)
    {
        for (var i = 0; i < 20; i++)
        {
            var net = new TestNetwork();
            var isSigned = Coin();
            net.Node("QLinearAdd", TestNetwork.Runtime, Binary(net, isSigned, Image(net, isSigned, [2, 3, 4, 5]), net.Bytes(Bytes(Count(shape)), isSigned, shape), 1));
            net.Check();
        }
    }

    [Fact]
    public void A_chain_of_all_operators_shares_one_arena()
    {
        for (var i = 0; i < 40; i++)
        {
            var net = new TestNetwork();
            var x = Image(net, false, 2, 4, 9, 7);
            var first = Convolve(net, x, 4, 6, 3, 1);
            var second = Convolve(net, first, 6, 6, 1, 0);
            var sum = net.Node("QLinearAdd", TestNetwork.Runtime, Binary(net, false, first, second, 1));
            var mean = net.Node("QLinearGlobalAveragePool", TestNetwork.Runtime, [sum, net.Scale(Step()), net.Zero(Zero(false), false), net.Scale(Step()), net.Zero(Zero(false), false)]);
            var scaled = net.Node("QLinearMul", TestNetwork.Runtime, Binary(net, false, sum, mean, 40));
            var clipped = net.Node("Clip", "", [scaled, net.Bytes([3], false), net.Bytes([250], false)]);
            var pooled = net.Node("MaxPool", "", [clipped], ("kernel_shape", new long[] { 2, 3 }), ("strides", new long[] { 2, 1 }), ("pads", new long[] { 1, 1, 0, 1 }));
            var flat = net.Node("Flatten", "", [pooled]);
            var shaped = net.Node("Reshape", "", [flat, net.Longs(2, -1)]);
            var depth = net.Nodes()[^1].Outputs[0]!.Shape[1];
            net.Node("QLinearMatMul", "", [shaped, net.Scale(Step()), net.Zero(Zero(false), false), net.Bytes(Bytes(depth * 5), true, depth, 5), net.Scale(Step()), net.Zero(0, true), net.Scale(80 * Step()), net.Zero(Zero(false), false)]);
            net.Check();
        }
    }

    [Fact]
    public void Parts_are_joined_when_they_lie_one_behind_the_other()
    {
        var net = new TestNetwork();
        string scale = net.Scale(0.5f), zero = net.Zero(3, false);
        string[] parts = [Image(net, false, 1, 2, 3, 3), Image(net, false, 1, 5, 3, 3)];
        net.Node("QLinearConcat", TestNetwork.Runtime, [scale, zero, parts[0], scale, zero, parts[1], scale, zero], ("axis", 1L));
        net.Check();

        var other = new TestNetwork();
        other.Node("Concat", "", [Image(other, true, 1, 2), Image(other, true, 1, 7)], ("axis", -1L));
        other.Check();
    }

    [Fact]
    public void What_is_not_taken_has_a_reason()
    {
        Assert.Equal("the accelerator has no such operation", Reason("Softmax", "", (net, x) => [x]));
        Assert.Equal("it is where floats begin or end", Reason("DequantizeLinear", "", (net, x) => [x, net.Scale(1), net.Zero(0, false)]));
        Assert.Equal("nothing beside it multiplies", Reason("Flatten", "", (_, x) => [x]));
        Assert.Contains("is computed, the accelerator takes constants there", Reason("QLinearMatMul", "", (net, x) => [x, net.Scale(1), net.Zero(0, false), Image(net, false, 6, 2), net.Scale(1), net.Zero(0, false), net.Scale(1), net.Zero(0, false)]), StringComparison.Ordinal);
        Assert.Contains("is repeated in another way", Reason("QLinearMul", TestNetwork.Runtime, (net, x) => Binary(net, false, net.Bytes(Bytes(24), false, 4, 1, 6), Image(net, false, 4, 4, 6), 1)), StringComparison.Ordinal);

        // What the reference would refuse, or need not know.
        var net = new TestNetwork();
        net.Node("QLinearMatMul", "", [Image(net, false, 4, 6), net.Scale(1), net.Zero(0, false), net.Bytes(Bytes(12), false, 6, 2), net.Scale(1), net.Zero(0, false), net.Scale(1), net.Zero(0, false)]);
        var node = net.Nodes()[0];
        var free = node with { Inputs = node.Inputs.SetItem(0, node.Inputs[0]! with { Shape = [-1, 6] }) };
        Assert.Equal("the shape of `v0` is not known", Partition.Of([free], []).Places[0].Reason);
        var odd = node with { Inputs = node.Inputs.SetItem(1, node.Inputs[1]! with { Type = ElementType.Int32 }) };
        Assert.Equal("`v1` has elements of another type than Float", Partition.Of([odd], []).Places[0].Reason);
        var none = node with { Inputs = node.Inputs.SetItem(1, node.Inputs[1]! with { Constant = BitConverter.GetBytes(float.NaN) }) };
        Assert.Equal("`v1` is no scale above 0", Partition.Of([none], []).Places[0].Reason);
    }

    [Fact]
    public void A_network_is_cut_where_the_CPU_has_to_step_in_and_never_in_a_circle()
    {
        // x -> a -> CPU -> b ; a -> b: one part can't have both, as the CPU's node lies between them.
        NetworkNode Node(string name, bool isTaken, params string[] inputs) => isTaken
            ? new(name, "", "QLinearMatMul",
                [Value(inputs[0]), One("s", 1f), Zero("z"), Weights(), One("s", 1f), Zero("z"), One("s", 1f), Zero("z")], [Value(name)])
            : new(name, "", "Softmax", [.. inputs.Select(Value)], [Value(name)]);
        var joined = new NetworkNode("b", "com.microsoft", "QLinearAdd", [Value("a"), One("s", 1f), Zero("z"), Value("cpu"), One("s", 1f), Zero("z"), One("s", 1f), Zero("z")], [Value("b")]);
        var partition = Partition.Of([Node("a", true, "x"), Node("cpu", false, "a"), joined, Node("c", true, "b"), Node("end", false, "c")], ["end"]);
        Assert.Equal([0, null, 1, 1, null], partition.Places.Select(place => place.Region));
        Assert.Equal(2, partition.Regions);
        // In: x, cpu, and a again; out: a, c.
        Assert.Equal(5, partition.Crossings);

        static NetworkValue Value(string name) => new(name, ElementType.UInt8, [4, 4]);
        static NetworkValue One(string name, float value) => new(name, ElementType.Float, []) { Constant = BitConverter.GetBytes(value) };
        static NetworkValue Zero(string name) => new(name, ElementType.UInt8, []) { Constant = new byte[1] };
        static NetworkValue Weights() => new("w", ElementType.UInt8, [4, 4]) { Constant = new byte[16] };
    }

    [Fact]
    public void Values_that_live_at_the_same_time_never_share_memory()
    {
        for (var i = 0; i < 300; i++)
        {
            List<Lifetime> values = [.. Enumerable.Range(0, _random.Next(1, 40)).Select(n => _random.Next(30) is var first ? new Lifetime($"v{n}", _random.Next(1, 5000), first, first + _random.Next(12)) : default)];
            var (offsets, size) = Arena.Of(values);
            foreach (var a in values)
            {
                Assert.Equal(0, offsets[a.Name] % 64);
                Assert.True(offsets[a.Name] + a.Bytes <= size);
                Assert.DoesNotContain(values, b => b != a && b.First <= a.Last && a.First <= b.Last && offsets[b.Name] < offsets[a.Name] + a.Bytes && offsets[a.Name] < offsets[b.Name] + b.Bytes);
            }

            // As much as is alive at the fullest time, and not more than all.
            Assert.InRange(size, Enumerable.Range(0, 50).Max(step => values.Where(value => value.First <= step && step <= value.Last).Sum(value => value.Bytes)), values.Sum(value => Arena.Align(value.Bytes)));
        }
    }

    private string Reason(string kind, string domain, Func<TestNetwork, string, string[]> inputs)
    {
        var net = new TestNetwork();
        net.Node(kind, domain, inputs(net, Image(net, false, 4, 6)));
        return net.Reason();
    }

    private string Convolve(TestNetwork net, string x, long channels, long filters, long side, long pad) => net.Node(
        "QLinearConv", "",
        [x, net.Scale(Step()), net.Zero(Zero(false), false), net.Bytes(Bytes(filters * channels * side * side), true, filters, channels, side, side), net.Scale(Step()), net.Zero(0, true), net.Scale(60 * Step()), net.Zero(Zero(false), false)],
        ("pads", new[] { pad, pad, pad, pad }));

    private string[] Binary(TestNetwork net, bool isSigned, string left, string right, float spread) =>
        [left, net.Scale(Step()), net.Zero(Zero(isSigned), isSigned), right, net.Scale(Step()), net.Zero(Zero(isSigned), isSigned), net.Scale(spread * Step()), net.Zero(Zero(isSigned), isSigned)];

    private string Image(TestNetwork net, bool isSigned, params long[] shape) => net.Input(Bytes(Count(shape)), isSigned, shape);

    private long[] Sides(int count, int least, int below) => [.. Enumerable.Range(0, count).Select(_ => (long)_random.Next(least, below))];

    private static long Count(long[] shape) => shape.Aggregate(1L, (count, size) => count * size);

    private byte[] Bytes(long count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private bool Coin() => _random.Next(2) == 0;

    private int Pick(params int[] values) => values[_random.Next(values.Length)];

    private int Zero(bool isSigned) => isSigned ? _random.Next(-128, 128) : _random.Next(256);

    private float Step() => (float)(0.001 + (0.1 * _random.NextDouble()));
}
