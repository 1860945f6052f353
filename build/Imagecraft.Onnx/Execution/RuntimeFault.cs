// ONNX Runtime's exceptions in this project's words. Unaware of what was run.

using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Onnx.Execution;

/// <summary>Everything that opens or runs a session turns what ONNX Runtime throws into this project's exception: a network that it fails on is the user's, not a bug.</summary>
static partial class RuntimeFault
{
    /// <summary>A failed run, with the network and the node.</summary>
    /// <param name="problem">What ONNX Runtime threw.</param>
    /// <param name="network">Names the network.</param>
    public static OnnxException OfRun(OnnxRuntimeException problem, string network)
    {
        var words = problem.Message.ReplaceLineEndings(" ").Trim();
        var node = AtNode().Match(words);
        return new(node.Success
            ? $"ONNX Runtime fails on the node `{node.Groups["name"].Value}` ({node.Groups["kind"].Value}) of `{network}`: {node.Groups["reason"].Value}"
            : $"ONNX Runtime fails on `{network}`: {words}", problem);
    }

    [GeneratedRegex("while running (?<kind>\\S+) node\\. Name:'(?<name>[^']*)' Status Message: (?<reason>.*)$")]
    private static partial Regex AtNode();
}
