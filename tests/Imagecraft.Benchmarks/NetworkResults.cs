// Lists what the steps on networks gave in a workspace, as its last builds left it. Unaware of processors.

using Google.Protobuf;

namespace Imagecraft.Benchmarks;

/// <summary>Digests by step and output.</summary>
public static class NetworkResults
{
    /// <summary>Prints a line for each output of each step: the action, its key, the output's name and its SHA-256.</summary>
    /// <param name="workspace">Folder in which the networks were built.</param>
    /// <param name="models">Their names.</param>
    /// <returns>The exit code: 1 when a network has no results there.</returns>
    public static int Print(string workspace, params ReadOnlySpan<string> models)
    {
        var memory = RememberedStep.MemoryOf(workspace);
        foreach (var model in models)
        {
            var steps = memory.Actions.Where(action => action.Id.Split(':', '@')[0] == model && action.Manifest.ToStringUtf8().Contains("onnx-", StringComparison.Ordinal)).ToList();
            if (steps.Sum(step => step.Outputs.Count) == 0)
            {
                Console.Error.WriteLine($"Nothing of `{model}` was built in `{workspace}`");
                return 1;
            }

            foreach (var (step, output) in from step in steps.OrderBy(step => step.Id, StringComparer.Ordinal) from output in step.Outputs.OrderBy(output => output.Name, StringComparer.Ordinal) select (step, output))
                Console.WriteLine($"{step.Id} {Hex(step.Key)} {output.Name} {Hex(output.Hash)}");
        }

        return 0;
    }

    private static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}
