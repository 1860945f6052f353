// `model`: one network, built and told about. Unaware of how it is built and of what its figures mean.

using System.CommandLine;
using Imagecraft.BuiltIns.Models;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Store;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Reports;

namespace Imagecraft.Cli.Verbs;

/// <summary>Builds a network, prints its table, and writes <c>out/models/NAME.html</c>.</summary>
public static class ModelVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("model", "Build one network and show its size, accuracy, speed and worst layers", Build);

    private const int WorstShown = 10;

    private static void Build(Command command, Session session)
    {
        var name = new Argument<string>("name") { Description = "The model" };
        command.Arguments.Add(name);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var model = parsed.GetValue(name)!;
            var request = options.Read(parsed);
            using var workshop = await Workshop.OpenAsync(session, request, model).ConfigureAwait(false);
            if (!workshop.Workspace.Models.TryGetValue(model, out var recipe))
                throw ProblemException.Unknown("model", model, workshop.Workspace.Models.Keys);
            var steps = new[] { "prepare", "quantize", "evaluate", "golden" }.Select(step => new ActionId($"{model}:{step}")).Where(workshop.Graph.Nodes.ContainsKey).ToList();
            var result = await workshop.BuildAsync(_ => steps, null).ConfigureAwait(false);
            if (result.Succeeded)
                await ReportAsync(session, result, recipe.Name, recipe.Version).ConfigureAwait(false);
            return result.ExitCode;
        });
    }

    private static async Task ReportAsync(Session session, BuildResult result, string name, string version)
    {
        var scratch = Directory.CreateTempSubdirectory("imagecraft-model-").FullName;
        try
        {
            using var store = new ContentStore(session.CacheRoot);
            var quantize = new ActionId($"{name}:quantize");
            var evaluate = new ActionId($"{name}:evaluate");
            var isQuantized = result.Outcomes.ContainsKey(quantize);
            var floating = await FileAsync(new ActionId($"{name}:prepare"), "file").ConfigureAwait(false);
            var deployed = isQuantized ? await FileAsync(quantize, "file").ConfigureAwait(false) : floating;
            var accuracy = result.Outcomes.ContainsKey(evaluate) ? await TextAsync(evaluate, "file").ConfigureAwait(false) : null;
            var quantization = isQuantized ? await TextAsync(quantize, "report").ConfigureAwait(false) : null;
            Show(session, ModelReports.Make(name, version, floating, deployed, accuracy, quantization, session.Interrupts.Gentle));

            async Task<string> FileAsync(ActionId action, string output)
            {
                var value = result.Output(action, output);
                var path = Path.Combine(scratch, $"{action.Value.Split(':')[^1]}-{output}");
                await new Exporter(store, Path.Combine(scratch, "stamps")).ExportAsync([new ExportItem(value.Digest, false, path)], session.Interrupts.Gentle).ConfigureAwait(false);
                return path;
            }

            async Task<string> TextAsync(ActionId action, string output) => await File.ReadAllTextAsync(await FileAsync(action, output).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (OnnxException problem)
        {
            throw ProblemException.User(problem.Message);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static void Show(Session session, ModelReport report)
    {
        var output = session.Console.Out;
        foreach (var line in ReportTable.Lines(ReportTable.Variants(report)))
            output.WriteLine(line);
        foreach (var variant in report.Variants.Where(v => !v.FloatLayers.IsEmpty))
            output.WriteLine($"Left float for the accuracy: [{string.Join(", ", variant.FloatLayers)}]");
        if (!report.Layers.IsEmpty)
        {
            output.WriteLine();
            output.WriteLine($"The worst {Math.Min(WorstShown, report.Layers.Length)} of {report.Layers.Length} layers on integers:");
            foreach (var line in ReportTable.Lines(ReportTable.Layers(report.Layers.Take(WorstShown))))
                output.WriteLine(line);
        }

        var path = Path.Combine(session.WorkspaceRoot, "out", "models", $"{report.Name}.html");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, ReportPage.Write(report));
        output.WriteLine($"The report is in `{path}`");
    }
}
