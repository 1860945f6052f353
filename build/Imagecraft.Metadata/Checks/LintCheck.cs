// Holds what a board's kernel must drive against the board's own device trees. Unaware of their content.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

static class LintCheck
{
    /// <summary>Reports a lint without a device tree, or with one that the board has not.</summary>
    public static void Check(Board board, Reading reading)
    {
        if (board.Lint is not { } lint)
            return;
        if (lint.Root is { } root && board.DeviceTrees.IsEmpty)
            reading.Error(Codes.Contradiction, $"Board `{board.Name}` has `lint`, but no device tree by which its kernel could be judged", root.Node.Span, "Name one in `device-trees`");
        else if (lint.DeviceTree is { } wanted && board.DeviceTrees.All(t => t.Name != wanted.Value))
            reading.Error(Codes.UnknownName, $"Board `{board.Name}` has no device tree `{wanted}`", wanted.Span, Nearest.Hint(wanted.Value, board.DeviceTrees.Select(t => t.Name), "device tree"));
    }
}
