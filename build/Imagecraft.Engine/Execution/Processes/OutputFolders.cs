// Makes the folders that an action's outputs lie in. Unaware of sandboxes' makers.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Sandbox;

namespace Imagecraft.Engine.Execution.Processes;

static class OutputFolders
{
    /// <summary>Makes them, so that `cp X /out/Y` needs no mkdir.</summary>
    /// <exception cref="ActionFailedException">An output lies elsewhere than below <c>/out</c> or <c>/build</c>.</exception>
    public static void Make(SandboxSpec spec, ActionNode action)
    {
        foreach (var output in action.Outputs)
        {
            var path = spec.HostPath(output.Path)
                ?? throw new ActionFailedException($"Output `{output.Name}` of `{action.Id}` is at `{output.Path}`, which is not below `/out` or `/build`");
            Directory.CreateDirectory(output.Path is "/out" or "/build" ? path : Path.GetDirectoryName(path)!);
        }
    }
}
