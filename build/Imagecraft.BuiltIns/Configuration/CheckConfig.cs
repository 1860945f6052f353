// Holds a final configuration against what fragments requested: a fragment is a contract. A kernel's is also held against what its build needs.

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;
using Imagecraft.Requests.Configuration;

namespace Imagecraft.BuiltIns.Configuration;

/// <summary>The function of <see cref="CheckConfigRequest"/>.</summary>
public sealed class CheckConfig() : BuiltInFunction<CheckConfigRequest>(typeof(ContentStore))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(CheckConfigRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var final = ConfigSymbol.Parse(await context.TextAsync(CheckConfigRequest.ConfigInput, cancellationToken), out _).ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);
        var requests = (await context.TextAsync(CheckConfigRequest.ContractInput, cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .Select(f => (Name: f[0], Wanted: f[1], Path: f[2], MayBeUnknown: f.Length > 3))
            .ToImmutableArray();
        var files = new KconfigFiles(context.Store, context.Input(CheckConfigRequest.SourceInput).Value.Digest, request.Architecture, request.Subfolder);
        var host = new HostTools(context.Store, [.. context.InputsOf(CheckConfigRequest.ToolInputs).Select(i => i.Input.Value.Digest)], request.Cross);

        var message = new StringBuilder();
        Add("The final configuration does not keep what fragments request", Broken());
        Add("The final configuration cannot be built", request.IsKernel ? Refused() : []);
        if (message.Length > 0)
            throw new ActionFailedException(message.ToString());
        context.Output(CheckConfigRequest.ConfigOutput, context.Input(CheckConfigRequest.ConfigInput).Value);

        ImmutableArray<string> Broken()
        {
            var explanation = new KconfigExplanation(files, host, final);
            return [.. requests.Where(r => Value(r.Name) != r.Wanted && !(r.MayBeUnknown && files.Definitions(r.Name).IsEmpty)).Select(r => $"{r.Path}: `CONFIG_{r.Name}={r.Wanted}` became `{Value(r.Name)}`: {explanation.Of(r.Name, r.Wanted)}")];
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
