// Problems of the user's making and their exit codes. Unaware of how they are shown.

namespace Imagecraft.Infer;

/// <summary>Exit codes of the program.</summary>
static class ExitCode
{
    public const int Done = 0;
    public const int Bug = 1;
    public const int BadInput = 3;
    public const int Mismatch = 4;
}

/// <summary>The model, the data or the command line is wrong: one line for the user, exit code 3.</summary>
sealed class InferException(string message, Exception? inner = null) : Exception(message, inner);
