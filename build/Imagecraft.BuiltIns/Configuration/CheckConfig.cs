// Holds a final configuration against what fragments requested: a fragment is a contract. A kernel's is also held against what its build needs.

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;

namespace Imagecraft.BuiltIns.Configuration;

/// <summary>
/// <c>check-config</c>: passes <c>/config</c> on as <c>config</c> when every symbol of <c>/contract</c> has its value, and explains each that has not from the Kconfig files of <c>/src</c>
/// and the tool roots <c>/tools/N</c>. Parameters: <c>architecture</c>, <c>subfolder</c>, <c>cross</c> (prefix of the board's tools), <c>kernel</c> (<c>yes</c>: kernels' rules hold too).
/// </summary>
public sealed class CheckConfig() : BuiltInFunction("check-config", typeof(ContentStore))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var final = ConfigSymbol.Parse(await TextAsync(context, "/config", cancellationToken), out _).ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);
        var requests = (await TextAsync(context, "/contract", cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .Select(f => (Name: f[0], Wanted: f[1], Path: f[2]))
            .ToImmutableArray();
        var files = new KconfigFiles(context.Store, Input(context, "/src").Value.Digest, context.Parameters["architecture"], context.Parameters["subfolder"]);
        var host = new HostTools(context.Store, [.. context.Inputs.Where(i => i.Name.StartsWith("/tools/", StringComparison.Ordinal)).Select(i => i.Value.Digest)], context.Parameters["cross"]);

        var message = new StringBuilder();
        Add("The final configuration does not keep what fragments request", Broken());
        Add("The final configuration cannot be built", context.Parameters.ContainsKey("kernel") ? Refused() : []);
        if (message.Length > 0)
            throw new ActionFailedException(message.ToString());
        context.Output("config", Input(context, "/config").Value);

        ImmutableArray<string> Broken()
        {
            var explanation = new KconfigExplanation(files, host, final);
            return [.. requests.Where(r => Value(r.Name) != r.Wanted).Select(r => $"{r.Path}: `CONFIG_{r.Name}={r.Wanted}` became `{Value(r.Name)}`: {explanation.Of(r.Name, r.Wanted)}")];
        }

        ImmutableArray<string> Refused() =>
            [.. new KernelRules(final, host, files).Refusals().Select(r => $"{requests.Where(q => q.Name == r.Symbol).Select(q => $"{q.Path}: ").FirstOrDefault()}`CONFIG_{r.Symbol}={Value(r.Symbol)}`: {r.Reason}")];

        string Value(string name) => final.GetValueOrDefault(name, "n");

        void Add(string heading, ImmutableArray<string> problems)
        {
            if (problems.IsEmpty)
                return;
            message.Append(CultureInfo.InvariantCulture, $"{(message.Length > 0 ? "\n" : "")}{heading} ({problems.Length}):");
            foreach (var problem in problems)
                message.Append(CultureInfo.InvariantCulture, $"\n  {problem}");
        }
    }
}
