// What the process tells its caller. Unaware of who caused it.

namespace Imagecraft.Cli.CommandLine;

/// <summary>The exit codes of every verb.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A bug of Imagecraft's, shown with its stack trace; for <c>test</c> also: tests failed.</summary>
    public const int Bug = 1;

    /// <summary>The environment: disk, network, a missing kernel feature.</summary>
    public const int Environment = 2;

    /// <summary>The user's input, or a recipe that fails.</summary>
    public const int User = 3;

    /// <summary>Stopped by Ctrl-C.</summary>
    public const int Interrupted = 130;
}
