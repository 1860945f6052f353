// Holds a final configuration against what fragments requested: a fragment is a contract.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;

namespace Imagecraft.BuiltIns.Configuration;

/// <summary><c>check-config</c>: passes <c>/config</c> on as <c>config</c> when every symbol of <c>/contract</c> has its value, and explains each that has not from the Kconfig files of <c>/src</c>.</summary>
public sealed class CheckConfig() : BuiltInFunction("check-config", typeof(ContentStore))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var final = ConfigSymbol.Parse(await TextAsync(context, "/config", cancellationToken), out _).ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);
        var broken = (await TextAsync(context, "/contract", cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .Where(f => final.GetValueOrDefault(f[0], "n") != f[1])
            .Select(f => (Name: f[0], Wanted: f[1], Path: f[2]))
            .ToImmutableArray();
        if (broken.IsEmpty)
        {
            context.Output("config", Input(context, "/config").Value);
            return;
        }

        var explanations = new KconfigIndex(context.Store, Input(context, "/src").Value.Digest, context.Parameters["architecture"], context.Parameters["subfolder"]);
        var message = new StringBuilder($"The final configuration does not keep what fragments request ({broken.Length}):");
        foreach (var (name, wanted, path) in broken)
            message.Append($"\n  {path}: `CONFIG_{name}={wanted}` became `{final.GetValueOrDefault(name, "n")}`: {explanations.Explain(name, wanted, final)}");
        throw new ActionFailedException(message.ToString());
    }
}
