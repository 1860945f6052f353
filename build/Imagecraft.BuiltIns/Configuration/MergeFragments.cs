// Merges configuration fragments to one without comments, so that a changed comment changes nothing.

using System.Globalization;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Requests.Configuration;

namespace Imagecraft.BuiltIns.Configuration;

/// <summary>The function of <see cref="MergeFragmentsRequest"/>.</summary>
public sealed class MergeFragments() : BuiltInFunction<MergeFragmentsRequest>
{
    /// <inheritdoc/>
    protected override async Task RunAsync(MergeFragmentsRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var merged = new SortedDictionary<string, (ConfigSymbol Symbol, string Path)>(StringComparer.Ordinal);
        for (var i = 0; i < request.Fragments.Length; i++)
        {
            var path = request.Fragments[i];
            var symbols = ConfigSymbol.Parse(await context.TextAsync(MergeFragmentsRequest.FragmentInputs.At(i), cancellationToken), out var malformed);
            if (!malformed.IsEmpty)
                throw new ActionFailedException($"{path}:{malformed[0].Line}:1: Not a configuration line: `{malformed[0].Text}`; write `CONFIG_NAME=value` or `# CONFIG_NAME is not set`");
            foreach (var symbol in symbols)
                merged[symbol.Name] = (symbol, path);
        }

        var fragment = new StringBuilder();
        var contract = new StringBuilder();
        foreach (var (symbol, path) in merged.Values)
        {
            fragment.Append(symbol.Text).Append('\n');
            contract.Append(CultureInfo.InvariantCulture, $"{symbol.Name}\t{symbol.Value}\t{path}{(symbol.MayBeUnknown ? "\t" + ConfigSymbol.WhereItExists : "")}\n");
        }

        await context.OutputTextAsync(MergeFragmentsRequest.FragmentOutput, fragment.ToString(), cancellationToken);
        await context.OutputTextAsync(MergeFragmentsRequest.ContractOutput, contract.ToString(), cancellationToken);
    }
}
