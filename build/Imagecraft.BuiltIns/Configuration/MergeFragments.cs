// Merges configuration fragments to one without comments, so that a changed comment changes nothing.

using System.Globalization;
using System.Text;
using Imagecraft.Engine.Actions;

namespace Imagecraft.BuiltIns.Configuration;

/// <summary><c>merge-fragments</c>: inputs in order, named <c>/N/PATH</c>. Outputs: <c>fragment</c> (assignments, later ones win) and <c>contract</c> (tab-separated symbol, value, fragment, line).</summary>
public sealed class MergeFragments() : BuiltInFunction("merge-fragments")
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var merged = new SortedDictionary<string, (ConfigSymbol Symbol, string Path)>(StringComparer.Ordinal);
        foreach (var input in context.Inputs)
        {
            var path = input.Name[(input.Name.IndexOf('/', 1) + 1)..];
            var symbols = ConfigSymbol.Parse(await File.ReadAllTextAsync(await context.FileAsync(input, cancellationToken), cancellationToken), out var malformed);
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
            contract.Append(CultureInfo.InvariantCulture, $"{symbol.Name}\t{symbol.Value}\t{path}\n");
        }

        await OutputTextAsync(context, "fragment", fragment.ToString(), cancellationToken);
        await OutputTextAsync(context, "contract", contract.ToString(), cancellationToken);
    }
}
