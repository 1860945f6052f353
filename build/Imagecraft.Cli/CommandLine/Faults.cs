// Whose fault an exception of any project is, and what to say. Unaware of printing.

using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Feeds;
using Imagecraft.Qemu;

namespace Imagecraft.Cli.CommandLine;

/// <summary>Turns known exceptions into problems: those of feeds and machines here, all others by the engine's table.</summary>
public static class Faults
{
    /// <summary>The problem, or null when the exception is a bug of ours.</summary>
    public static ProblemException? Of(Exception exception, string cacheRoot) => exception switch
    {
        AggregateException several => Worst([.. several.Flatten().InnerExceptions.Select(inner => Of(inner, cacheRoot))]),
        ProblemException problem => problem,
        FeedException feed => new ProblemException(feed.UserError ? ExitCodes.User : ExitCodes.Environment, feed.Message),
        MachineException machine => new ProblemException(machine is MachineStartException ? ExitCodes.Environment : ExitCodes.User, machine.Message),
        _ when Fault.Of(exception, cacheRoot) is { } fault => new ProblemException(fault.Kind == FailureKind.User ? ExitCodes.User : ExitCodes.Environment, fault.Message, fault.Remedy),
        _ => null,
    };

    private static ProblemException? Worst(ProblemException?[] problems) => problems.Contains(null) ? null : problems.MinBy(problem => problem!.ExitCode);
}
