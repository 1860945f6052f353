// How much a network may take before it is refused. Unaware of what it computes.

namespace Imagecraft.Onnx.Reference;

/// <summary>Bounds on what sizes and counts within a network, which anybody may have written, make this process do: far beyond what networks of boards need, and within the memory of a build host.</summary>
static class Budget
{
    /// <summary>Bytes of one value.</summary>
    public const long MostBytes = 256L << 20;

    /// <summary>Bytes of all values of a graph at one time, besides its constants.</summary>
    public const long MostLiveBytes = 1536L << 20;

    /// <summary>Bytes of what is computed once, when the network is readied.</summary>
    public const long MostFoldedBytes = 256L << 20;

    /// <summary>Elements of all windows of a convolution or pool, for one channel: a minute's work.</summary>
    public const double MostPlaces = 1L << 35;

    /// <summary>How often graphs within nodes are run in one run of a network.</summary>
    public const int MostRounds = 1 << 20;
}
