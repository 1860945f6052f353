// Runs the commands of a job on guest memory. Unaware of the ring and of interrupts.

using System.Runtime.InteropServices;
using Imagecraft.VfioUser;
using Imagecraft.VirtualNpu.Arithmetic;
using Imagecraft.Vnpu.Commands;

namespace Imagecraft.VirtualNpu.Jobs;

/// <summary>How a job ended.</summary>
/// <param name="Status">Why.</param>
/// <param name="Command">The command at which it ended.</param>
/// <param name="Address">The address at fault, or 0.</param>
/// <param name="Work">What was done.</param>
internal readonly record struct JobResult(JobStatus Status, uint Command, ulong Address, Counters Work);

/// <summary>All that the guest wrote is copied before it is judged, so that it cannot change in between.</summary>
/// <param name="memory">Where jobs lie.</param>
/// <param name="threads">How many threads work on a command.</param>
internal sealed unsafe class JobRunner(GuestMemory memory, int threads)
{
    /// <summary>Runs a job.</summary>
    /// <param name="job">Its descriptor.</param>
    /// <param name="firmware">What can be run.</param>
    /// <param name="cancellationToken">A reset.</param>
    public JobResult Run(JobDescriptor job, Firmware firmware, CancellationToken cancellationToken)
    {
        var work = new Counters(1, 0, 0, 0, 0, 0);
        if (job is not { Kind: JobDescriptor.Commands, Reserved: 0, CommandCount: <= JobDescriptor.MostCommands, BufferCount: <= JobDescriptor.MostBuffers })
            return new(JobStatus.BadDescriptor, 0, 0, work);
        if (Copy<JobBuffer>(job.BufferAddress, job.BufferCount) is not { } buffers)
            return new(JobStatus.MemoryFault, 0, job.BufferAddress, work);
        if (Copy<Command>(job.CommandAddress, job.CommandCount) is not { } commands)
            return new(JobStatus.MemoryFault, 0, job.CommandAddress, work);
        var workers = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        for (var i = 0u; i < commands.Length; i++)
        {
            if (cancellationToken.IsCancellationRequested)
                return new(JobStatus.Aborted, i, 0, work);
            var (status, address, shape) = Run(commands[i], buffers, firmware, workers);
            if (status != JobStatus.Done)
                return new(status, i, address, work);
            work = work.With(shape);
        }

        return new(JobStatus.Done, (uint)commands.Length, 0, work);
    }

    /// <summary>Turns the first bit of what the job's last command wrote, as a broken device would.</summary>
    /// <param name="job">A job that ran.</param>
    public void Flip(JobDescriptor job)
    {
        if (Copy<JobBuffer>(job.BufferAddress, job.BufferCount) is not { } buffers || Copy<Command>(job.CommandAddress, job.CommandCount) is not [.., var last] || last.Output.Buffer >= buffers.Length)
            return;
        using var held = memory.Hold();
        var found = memory.Find(buffers[last.Output.Buffer].Address + last.Output.Offset, 1, isWritten: true);
        if (found != null)
            *found ^= 1;
    }

    private (JobStatus Status, ulong Address, CommandShape Shape) Run(in Command command, JobBuffer[] buffers, Firmware firmware, ParallelOptions workers)
    {
        if (CommandShape.Of(command) is not { } shape)
            return (JobStatus.BadCommand, 0, default);
        if (!firmware.Operations.Contains(command.Operation))
            return (JobStatus.UnknownOperation, 0, shape);
        if (!IsWithin(command.Input, shape.Input, buffers, false) || !IsWithin(command.Second, shape.Second, buffers, false) || !IsWithin(command.Parameters, shape.Parameters, buffers, false) || !IsWithin(command.Output, shape.Output, buffers, true))
            return (JobStatus.OutOfBuffer, 0, shape);
        using var held = memory.Hold();
        ulong fault = 0;
        var operands = new Operands
        {
            Input = Find(command.Input, shape.Input, buffers, false, ref fault),
            Second = Find(command.Second, shape.Second, buffers, false, ref fault),
            Parameters = Find(command.Parameters, shape.Parameters, buffers, false, ref fault),
            Output = Find(command.Output, shape.Output, buffers, true, ref fault),
        };
        if (fault != 0)
            return (JobStatus.MemoryFault, fault, shape);
        try
        {
            Kernels.Run(command, operands, workers);
            return (JobStatus.Done, 0, shape);
        }
        catch (Exception) when (workers.CancellationToken.IsCancellationRequested)
        {
            return (JobStatus.Aborted, 0, shape);
        }
        // Numbers of a guest's end its job, whatever is wrong with them, and nothing else.
        catch (Exception problem) when (problem is OverflowException or OutOfMemoryException or ArithmeticException or AggregateException)
        {
            return (JobStatus.BadCommand, 0, shape);
        }
    }

    private static bool IsWithin(Operand operand, ulong length, JobBuffer[] buffers, bool isWritten) =>
        length == 0 || (operand.Buffer < buffers.Length && buffers[operand.Buffer] is var buffer && length <= buffer.Length && operand.Offset <= buffer.Length - length && buffer.Address <= ulong.MaxValue - buffer.Length && (!isWritten || buffer.IsWritable == 1));

    private byte* Find(Operand operand, ulong length, JobBuffer[] buffers, bool isWritten, ref ulong fault)
    {
        if (length == 0)
            return null;
        var address = buffers[operand.Buffer].Address + operand.Offset;
        var found = memory.Find(address, length, isWritten);
        if (found == null)
            fault = Math.Max(address, 1);
        return found;
    }

    private T[]? Copy<T>(ulong address, uint count)
        where T : unmanaged
    {
        if (count == 0)
            return [];
        using var held = memory.Hold();
        var bytes = (ulong)count * (ulong)sizeof(T);
        var found = memory.Find(address, bytes, isWritten: false);
        return found == null ? null : MemoryMarshal.Cast<byte, T>(new ReadOnlySpan<byte>(found, (int)bytes)).ToArray();
    }
}
