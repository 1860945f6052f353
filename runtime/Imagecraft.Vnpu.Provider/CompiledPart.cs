// A part of a network in the accelerator's buffers, ready to run. Unaware of graphs.

using System.Collections.Immutable;
using System.Diagnostics;
using Imagecraft.Vnpu.Compilation;
using Imagecraft.Vnpu.Provider.Driver;
using Imagecraft.Vnpu.Provider.Ort;

namespace Imagecraft.Vnpu.Provider;

/// <summary>What the accelerator said of a job that did not end well.</summary>
internal sealed class AcceleratorException(string message) : Exception(message);

/// <summary>Where the bytes of an input come from.</summary>
/// <param name="Port">Where they go.</param>
/// <param name="Index">Number of the tensor that ONNX Runtime hands over; null for a constant.</param>
/// <param name="Constant">The bytes of a constant.</param>
internal sealed record PartInput(ProgramPort Port, int? Index, ReadOnlyMemory<byte> Constant);

/// <summary>Constants are copied once. Runs of several threads wait for each other.</summary>
internal sealed unsafe class CompiledPart : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Accelerator _accelerator;
    private readonly NpuProgram _program;
    private readonly ImmutableArray<PartInput> _inputs;
    private readonly ImmutableArray<ProgramPort> _outputs;
    private readonly RunCounters _counters;
    private readonly uint _timeoutMilliseconds;
    private readonly ImmutableArray<AcceleratorBuffer> _buffers;

    /// <summary>Lays a program down.</summary>
    /// <param name="accelerator">Whose buffers.</param>
    /// <param name="program">The program.</param>
    /// <param name="inputs">What its inputs are filled with.</param>
    /// <param name="outputs">What is handed over, in ONNX Runtime's order.</param>
    /// <param name="counters">What runs cost.</param>
    /// <param name="timeoutMilliseconds">For a job.</param>
    public CompiledPart(Accelerator accelerator, NpuProgram program, ImmutableArray<PartInput> inputs, ImmutableArray<ProgramPort> outputs, RunCounters counters, uint timeoutMilliseconds)
    {
        (_accelerator, _program, _inputs, _outputs, _counters, _timeoutMilliseconds) = (accelerator, program, inputs, outputs, counters, timeoutMilliseconds);
        var buffers = ImmutableArray.CreateBuilder<AcceleratorBuffer>();
        try
        {
            buffers.Add(accelerator.CreateBuffer(Math.Max(1, program.ArenaBytes)));
            foreach (var constants in program.Constants)
            {
                buffers.Add(accelerator.CreateBuffer(constants.Length));
                constants.Span.CopyTo(new(buffers[^1].Start, constants.Length));
            }
        }
        catch
        {
            foreach (var buffer in buffers)
                buffer.Dispose();
            throw;
        }

        _buffers = buffers.ToImmutable();
    }

    /// <summary>One run: inputs from ONNX Runtime's tensors, outputs into them.</summary>
    public void Run(nint context)
    {
        lock (_lock)
        {
            var (start, bytesIn, bytesOut) = (Stopwatch.GetTimestamp(), 0L, 0L);
            var arena = _buffers[0].Start;
            foreach (var (port, index, constant) in _inputs)
            {
                if (index is not { } i)
                {
                    // Other values may have lain there since.
                    constant.Span.CopyTo(new(arena + port.Offset, checked((int)port.Bytes)));
                    continue;
                }

                var from = OrtApi.Input(context, i, out var bytes);
                if (bytes != port.Bytes)
                    throw new AcceleratorException($"`{port.Name}` has {bytes} bytes, the network was compiled for {port.Bytes}");
                Buffer.MemoryCopy(from, arena + port.Offset, bytes, bytes);
                bytesIn += bytes;
            }

            var submitted = Stopwatch.GetTimestamp();
            var end = _accelerator.Run(_program.Commands.AsSpan(), _buffers.AsSpan(), _timeoutMilliseconds);
            var ended = Stopwatch.GetTimestamp();
            if (end.Status != VnpuStatus.Done)
                throw new AcceleratorException(Describe(end));
            for (var i = 0; i < _outputs.Length; i++)
            {
                var port = _outputs[i];
                Buffer.MemoryCopy(arena + port.Offset, OrtApi.Output(context, i, port.Shape.AsSpan()), port.Bytes, port.Bytes);
                bytesOut += port.Bytes;
            }

            _counters.Add(_program.Commands.Length, end, bytesIn, bytesOut, submitted - start + Stopwatch.GetTimestamp() - ended, ended - submitted);
        }
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer.Dispose();
    }

    private string Describe(VnpuWait end)
    {
        var what = end.Status switch
        {
            VnpuStatus.BadDescriptor or VnpuStatus.BadCommand => "refused a command",
            VnpuStatus.UnknownOperation => "has a firmware without an operation that is needed, build `vnpu-firmware` and `vnpu-provider` of one version",
            VnpuStatus.OutOfBuffer => "refused an address beyond a buffer",
            VnpuStatus.MemoryFault => "could not reach an address of the machine's memory",
            VnpuStatus.Aborted => "was reset",
            VnpuStatus.Timeout => "did not end a job in its time, and was reset",
            VnpuStatus.Gone => "is gone",
            _ => $"ended a job with the status {(uint)end.Status}",
        };
        var at = end.Command < _program.Makers.Length ? $" (command {end.Command + 1} of {_program.Commands.Length}, {_program.Makers[(int)end.Command]})" : "";
        return $"The accelerator {_accelerator.Info.Path} {what}{at}";
    }
}
