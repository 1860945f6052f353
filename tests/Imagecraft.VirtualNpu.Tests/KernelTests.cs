// Every operation gives the reference's bits, over random shapes and numbers.

using System.Runtime.InteropServices;
using Imagecraft.VirtualNpu.Arithmetic;
using Imagecraft.Vnpu.Commands;

namespace Imagecraft.VirtualNpu.Tests;

public sealed unsafe class KernelTests
{
    private const string Runtime = "com.microsoft";

    private readonly Random _random = new(20261126);

    [Fact]
    public void A_convolution_gives_the_bits_of_QLinearConv() => Repeat(4000, () =>
    {
        var groups = Pick(1, 1, 1, 2, 3, 4);
        var isByChannel = _random.Next(4) == 0;
        int channels = isByChannel ? _random.Next(1, 20) : groups * _random.Next(1, 12), filters = isByChannel ? channels * _random.Next(1, 3) : groups * _random.Next(1, 12);
        groups = isByChannel ? channels : groups;
        var command = Window(Operation.Convolve, channels, filters) with { Groups = (ushort)groups };
        var (input, weights) = (Bytes(channels * command.Height * command.Width), Bytes(filters * (channels / groups) * command.KernelHeight * command.KernelWidth));
        var (scale, weightScales, outputScale, bias) = (Scale(), Scales(filters), 200 * Scale(), Integers(filters));
        var pads = Pads(command);
        var expected = new ReferenceNode("QLinearConv")
            .Bytes(input, IsSigned(command, CommandFlags.SignedInput), 1, channels, command.Height, command.Width).Scale(scale).Zero(command.InputZero, IsSigned(command, CommandFlags.SignedInput))
            .Bytes(weights, IsSigned(command, CommandFlags.SignedSecond), filters, channels / groups, command.KernelHeight, command.KernelWidth).Floats(weightScales, filters).Zero(command.SecondZero, IsSigned(command, CommandFlags.SignedSecond))
            .Scale(outputScale).Zero(command.OutputZero, IsSigned(command, CommandFlags.SignedOutput)).Integers(bias, filters)
            .WithOne("group", groups).With("pads", pads).With("strides", command.StrideHeight, command.StrideWidth).With("dilations", command.DilationHeight, command.DilationWidth).Run();
        Assert.Equal(expected, Run(command, input, weights, Parameters(bias, [.. weightScales.Select(weight => scale * weight / outputScale)])));
    });

    [Fact]
    public void Windows_far_apart_cost_no_more_memory_than_the_input_and_output()
    {
        // A frame around all windows would have 10^14 elements.
        var command = new Command
        {
            Operation = Operation.Convolve, Channels = 1, Filters = 1, Groups = 1, Height = 1, Width = 1, OutputHeight = 200, OutputWidth = ushort.MaxValue,
            KernelHeight = 1, KernelWidth = 1, StrideHeight = 255, StrideWidth = 255, DilationHeight = 255, DilationWidth = 255, Largest = 255,
        };
        var output = Run(command, [7], [3], Parameters([0], [1]));
        Assert.Equal((21, 0), (output[0], output.Skip(1).Max()));
    }

    [Fact]
    public void A_product_gives_the_bits_of_QLinearMatMul() => Repeat(2500, () =>
    {
        int rows = _random.Next(1, 80), depth = _random.Next(1, 70), columns = _random.Next(1, 40);
        var command = Signed(new Command { Operation = Operation.Multiply, Rows = (uint)rows, Depth = (uint)depth, Columns = (uint)columns });
        var (input, weights) = (Bytes(rows * depth), Bytes(depth * columns));
        var (scale, weightScale, outputScale) = (Scale(), Scale(), 100 * Scale());
        var expected = new ReferenceNode("QLinearMatMul")
            .Bytes(input, IsSigned(command, CommandFlags.SignedInput), rows, depth).Scale(scale).Zero(command.InputZero, IsSigned(command, CommandFlags.SignedInput))
            .Bytes(weights, IsSigned(command, CommandFlags.SignedSecond), depth, columns).Scale(weightScale).Zero(command.SecondZero, IsSigned(command, CommandFlags.SignedSecond))
            .Scale(outputScale).Zero(command.OutputZero, IsSigned(command, CommandFlags.SignedOutput)).Run();
        Assert.Equal(expected, Run(command, input, weights, Parameters(new int[columns], [.. Enumerable.Repeat(scale * weightScale / outputScale, columns)])));
    });

    [Fact]
    public void A_sum_gives_the_bits_of_QLinearAdd() => Repeat(2000, () =>
    {
        var count = _random.Next(1, 300);
        var isSigned = _random.Next(2) == 0;
        var command = Signed(new Command { Operation = Operation.Add, Count = (ulong)count }, isSigned);
        var (left, right) = (Bytes(count), Bytes(count));
        var (scale, otherScale, outputScale) = (Scale(), Scale(), Scale());
        var expected = new ReferenceNode("QLinearAdd", Runtime)
            .Bytes(left, isSigned, count).Scale(scale).Zero(command.InputZero, isSigned)
            .Bytes(right, isSigned, count).Scale(otherScale).Zero(command.SecondZero, isSigned)
            .Scale(outputScale).Zero(command.OutputZero, isSigned).Run();
        var (first, second) = (scale / outputScale, otherScale / outputScale);
        Assert.Equal(expected, Run(command with { InputFactor = first, SecondFactor = second, Summand = command.OutputZero - ((first * command.InputZero) + (second * command.SecondZero)) }, left, right));
    });

    [Fact]
    public void A_product_of_elements_gives_the_bits_of_QLinearMul() => Repeat(1500, () =>
    {
        int rows = _random.Next(1, 20), run = _random.Next(1, 20);
        var isSigned = _random.Next(2) == 0;
        var command = Signed(new Command { Operation = Operation.Scale, Rows = (uint)rows, Depth = (uint)run }, isSigned);
        var (left, right) = (Bytes(rows * run), Bytes(rows));
        var (scale, otherScale, outputScale) = (Scale(), Scale(), 20 * Scale());
        var expected = new ReferenceNode("QLinearMul", Runtime)
            .Bytes(left, isSigned, rows, run).Scale(scale).Zero(command.InputZero, isSigned)
            .Bytes(right, isSigned, rows, 1).Scale(otherScale).Zero(command.SecondZero, isSigned)
            .Scale(outputScale).Zero(command.OutputZero, isSigned).Run();
        Assert.Equal(expected, Run(command with { InputFactor = scale * otherScale / outputScale }, left, right));
    });

    [Fact]
    public void Means_of_whole_planes_give_the_bits_of_QLinearGlobalAveragePool() => Repeat(1000, () =>
    {
        int channels = _random.Next(1, 20), height = _random.Next(1, 12), width = _random.Next(1, 12);
        var isSigned = _random.Next(2) == 0;
        var (scale, outputScale, input) = (Scale(), Scale(), Bytes(channels * height * width));
        var command = Signed(new Command
        {
            Operation = Operation.AveragePool, Channels = (ushort)channels, Height = (ushort)height, Width = (ushort)width, OutputHeight = 1, OutputWidth = 1, KernelHeight = (byte)height, KernelWidth = (byte)width,
            StrideHeight = 1, StrideWidth = 1, DilationHeight = 1, DilationWidth = 1, InputFactor = scale, SecondFactor = outputScale,
        }, isSigned);
        var expected = new ReferenceNode("QLinearGlobalAveragePool", Runtime)
            .Bytes(input, isSigned, 1, channels, height, width).Scale(scale).Zero(command.InputZero, isSigned).Scale(outputScale).Zero(command.OutputZero, isSigned).Run();
        Assert.Equal(expected, Run(command, input));
    });

    [Fact]
    public void Means_of_windows_are_exact_sums_rounded_once() => Repeat(500, () =>
    {
        var channels = _random.Next(1, 6);
        var isSigned = _random.Next(2) == 0;
        var command = Signed(Window(Operation.AveragePool, channels, 0), isSigned) with { InputFactor = Scale(), SecondFactor = Scale() };
        if (_random.Next(2) == 0)
            command = command with { Flags = command.Flags | CommandFlags.CountPads };
        var input = Bytes(channels * command.Height * command.Width);
        var expected = EachWindow(command, (channel, places) =>
        {
            var values = places.Where(place => place >= 0).Select(place => Value(input[(channel * command.Height * command.Width) + place], isSigned) - command.InputZero).ToList();
            var mean = (double)values.Sum() * command.InputFactor / (command.Flags.HasFlag(CommandFlags.CountPads) ? places.Count : Math.Max(1, values.Count)) / command.SecondFactor;
            return unchecked((byte)(int)Math.Clamp(Math.Round(mean, MidpointRounding.ToEven) + command.OutputZero, command.Least, command.Largest));
        });
        Assert.Equal(expected, Run(command, input));
    });

    [Fact]
    public void Largest_elements_of_windows_give_the_bits_of_MaxPool() => Repeat(1000, () =>
    {
        var channels = _random.Next(1, 8);
        var isSigned = _random.Next(2) == 0;
        var command = Signed(Window(Operation.MaximumPool, channels, 0), isSigned);
        // ONNX wants a window to touch the input.
        command = command with { KernelHeight = (byte)Math.Min(command.KernelHeight, command.Height), KernelWidth = (byte)Math.Min(command.KernelWidth, command.Width) };
        command = command with { PadTop = (byte)Math.Min(command.PadTop, command.KernelHeight - 1), PadLeft = (byte)Math.Min(command.PadLeft, command.KernelWidth - 1), DilationHeight = 1, DilationWidth = 1 };
        command = command with { OutputHeight = (ushort)(((command.Height + command.PadTop - command.KernelHeight) / command.StrideHeight) + 1), OutputWidth = (ushort)(((command.Width + command.PadLeft - command.KernelWidth) / command.StrideWidth) + 1) };
        var input = Bytes(channels * command.Height * command.Width);
        var expected = new ReferenceNode("MaxPool").Bytes(input, isSigned, 1, channels, command.Height, command.Width)
            .With("kernel_shape", command.KernelHeight, command.KernelWidth).With("strides", command.StrideHeight, command.StrideWidth).With("pads", command.PadTop, command.PadLeft, 0, 0).Run();
        Assert.Equal(expected, Run(command, input));
    });

    [Fact]
    public void Limits_copies_and_fences_do_what_they_say()
    {
        byte[] input = [0, 5, 100, 200, 255];
        Assert.Equal([5, 5, 100, 120, 120], Run(new Command { Operation = Operation.Clamp, Count = 5, Least = 5, Largest = 120 }, input));
        Assert.Equal([0, 5, 5, unchecked((byte)-20), unchecked((byte)-1)], Run(new Command { Operation = Operation.Clamp, Count = 5, Least = -20, Largest = 5, Flags = CommandFlags.SignedInput | CommandFlags.SignedOutput }, input));
        Assert.Equal(input, Run(new Command { Operation = Operation.Copy, Count = 5 }, input));
        Assert.Equal(0x1122334455667788ul, BitConverter.ToUInt64(Run(new Command { Operation = Operation.Fence, Count = 0x1122334455667788 }, [])));
    }

    private static void Repeat(int count, Action test)
    {
        for (var i = 0; i < count; i++)
            test();
    }

    private Command Window(Operation operation, int channels, int filters)
    {
        while (true)
        {
            var command = new Command
            {
                Operation = operation, Channels = (ushort)channels, Filters = (ushort)filters, Height = (ushort)_random.Next(1, 14), Width = (ushort)_random.Next(1, 14),
                KernelHeight = (byte)_random.Next(1, 5), KernelWidth = (byte)_random.Next(1, 5), StrideHeight = (byte)_random.Next(1, 4), StrideWidth = (byte)_random.Next(1, 4),
                DilationHeight = (byte)_random.Next(1, 3), DilationWidth = (byte)_random.Next(1, 3), PadTop = (byte)_random.Next(0, 4), PadLeft = (byte)_random.Next(0, 4),
            };
            int height = Extent(command.Height, command.PadTop, command.KernelHeight, command.StrideHeight, command.DilationHeight), width = Extent(command.Width, command.PadLeft, command.KernelWidth, command.StrideWidth, command.DilationWidth);
            if (height > 0 && width > 0)
                return Signed(command with { OutputHeight = (ushort)height, OutputWidth = (ushort)width });
        }
    }

    // Windows that fit when the rim is as wide on both sides.
    private static int Extent(int size, int pad, int kernel, int stride, int dilation) => size + (2 * pad) < ((kernel - 1) * dilation) + 1 ? 0 : ((size + (2 * pad) - ((kernel - 1) * dilation) - 1) / stride) + 1;

    private static long[] Pads(Command command) => [command.PadTop, command.PadLeft, command.PadTop, command.PadLeft];

    private Command Signed(Command command, bool? all = null)
    {
        var flags = all is { } same ? (same ? CommandFlags.SignedInput | CommandFlags.SignedSecond | CommandFlags.SignedOutput : CommandFlags.None) : (CommandFlags)_random.Next(8);
        var isSigned = flags.HasFlag(CommandFlags.SignedOutput);
        return command with { Flags = flags, InputZero = Zero(flags, CommandFlags.SignedInput), SecondZero = Zero(flags, CommandFlags.SignedSecond), OutputZero = Zero(flags, CommandFlags.SignedOutput), Least = (short)(isSigned ? -128 : 0), Largest = (short)(isSigned ? 127 : 255) };
    }

    private short Zero(CommandFlags flags, CommandFlags sign) => (short)(flags.HasFlag(sign) ? _random.Next(-128, 128) : _random.Next(256));

    private static bool IsSigned(Command command, CommandFlags sign) => command.Flags.HasFlag(sign);

    private static int Value(byte value, bool isSigned) => isSigned ? unchecked((sbyte)value) : value;

    private static byte[] EachWindow(Command command, Func<int, List<int>, byte> make)
    {
        var result = new List<byte>();
        for (var channel = 0; channel < command.Channels; channel++)
            for (var row = 0; row < command.OutputHeight; row++)
                for (var column = 0; column < command.OutputWidth; column++)
                {
                    var places = new List<int>();
                    for (var y = 0; y < command.KernelHeight; y++)
                        for (var x = 0; x < command.KernelWidth; x++)
                        {
                            int line = (row * command.StrideHeight) - command.PadTop + (y * command.DilationHeight), at = (column * command.StrideWidth) - command.PadLeft + (x * command.DilationWidth);
                            places.Add(line < 0 || line >= command.Height || at < 0 || at >= command.Width ? -1 : (line * command.Width) + at);
                        }

                    result.Add(make(channel, places));
                }

        return [.. result];
    }

    private static byte[] Run(Command command, byte[] input, byte[]? second = null, byte[]? parameters = null)
    {
        var shape = Assert.NotNull(CommandShape.Of(command));
        Assert.Equal(((ulong)input.Length, (ulong)(second?.Length ?? 0), (ulong)(parameters?.Length ?? 0)), (shape.Input, shape.Second, shape.Parameters));
        // A byte on each side that nobody may touch.
        var output = new byte[shape.Output + 2];
        output[0] = output[^1] = 0xa5;
        fixed (byte* from = input, other = second, channels = parameters, to = output)
            Kernels.Run(command, new() { Input = from, Second = other, Parameters = channels, Output = to + 1 }, new() { MaxDegreeOfParallelism = 2 });
        Assert.Equal((0xa5, 0xa5), (output[0], output[^1]));
        return output[1..^1];
    }

    private static byte[] Parameters(int[] bias, float[] factors) => MemoryMarshal.AsBytes<ChannelParameters>(bias.Zip(factors, (b, f) => new ChannelParameters(b, f)).ToArray()).ToArray();

    private int Pick(params int[] values) => values[_random.Next(values.Length)];

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private float Scale() => (float)(0.001 + (0.1 * _random.NextDouble()));

    private float[] Scales(int count) => [.. Enumerable.Range(0, count).Select(_ => Scale())];

    private int[] Integers(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(-20000, 20000))];
}
