// `model`: one network, built and told about. Unaware of how it is built and of what its figures mean.

using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Imagecraft.BuiltIns.Models;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Store;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Reports;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Verbs;

/// <summary>Builds the variants of a network, or settings that are compared, prints their table, and writes <c>out/models/NAME.html</c>.</summary>
public static class ModelVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("model", "Build one network and show its size, accuracy, speed and worst layers", Build);

    private const int WorstShown = 10;

    private static void Build(Command command, Session session)
    {
        var name = new Argument<string>("name") { Description = "The model" };
        var compare = new Option<string[]>("--compare")
        {
            Description = "Two settings to show side by side: a variant (float, int8, float16), or changes of the recipe such as quantize.calibration.method=entropy,quantize.float-layers=2",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
            HelpName = "A B",
        };
        var output = new Option<string?>("--output", "-o") { Description = "Write each network, as it is deployed, and its card into this folder: NAME-VARIANT.onnx (or .ort), NAME-VARIANT.json", HelpName = "FOLDER" };
        var instructions = new Option<bool>("--instructions") { Description = "Count the instructions of an inference on a virtual processor of the board's kind, which are the same on every host" };
        command.Arguments.Add(name);
        command.Options.Add(compare);
        command.Options.Add(output);
        command.Options.Add(instructions);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var model = parsed.GetValue(name)!;
            if (parsed.GetValue(output) is { } wanted)
                NetworkDelivery.Check(wanted);
            ImmutableArray<ComparedSetting> settings = [];
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed), reading =>
            {
                settings = ModelComparison.Of(reading, model, parsed.GetValue(compare) ?? []);
                return [.. settings.Select(s => parsed.GetValue(instructions) ? new Extra.Counted(s.Extra) : s.Extra)];
            }).ConfigureAwait(false);
            var scratch = Directory.CreateTempSubdirectory("imagecraft-model-").FullName;
            try
            {
                ImmutableArray<BuiltSetting> built = [];
                // Taken out of the store while the build still holds its lease.
                var result = await workshop.BuildAsync(
                    plan => plan.Extras.SelectMany(e => e.Outputs).Select(o => o.Action),
                    async (done, engine, cancellation) =>
                    {
                        built = await ExportAsync(settings, workshop.Plan, done, engine.Store, scratch, cancellation).ConfigureAwait(false);
                        if (parsed.GetValue(output) is { } folder)
                            await new NetworkDelivery(session, engine.Store, Path.Combine(scratch, "delivered")).ExportAsync([.. workshop.Plan.Extras.SelectMany(e => e.Models)], done, folder, cancellation).ConfigureAwait(false);
                    }).ConfigureAwait(false);
                if (result.Succeeded)
                    Show(session, ModelReports.Make(model, workshop.Workspace.Models[model].Version, built, session.Interrupts.Gentle));
                return result.ExitCode;
            }
            catch (OnnxException problem)
            {
                throw ProblemException.User(problem.Message);
            }
            finally
            {
                Directory.Delete(scratch, recursive: true);
            }
        });
    }

    private static async Task<ImmutableArray<BuiltSetting>> ExportAsync(ImmutableArray<ComparedSetting> settings, ImageBuild plan, BuildResult result, ContentStore store, string scratch, CancellationToken cancellationToken)
    {
        var exporter = new Exporter(store, Path.Combine(scratch, "stamps"));
        var count = 0;
        var built = ImmutableArray.CreateBuilder<BuiltSetting>();
        for (var i = 0; i < settings.Length; i++)
        {
            var model = plan.Extras[i].Models.Single();
            var profiles = ImmutableArray.CreateBuilder<string>();
            foreach (var profile in model.Profiles)
                profiles.Add(await TextAsync(profile).ConfigureAwait(false));
            built.Add(new(
                settings[i].Name,
                await FileAsync(model.File).ConfigureAwait(false),
                model.Accuracy is null ? null : await TextAsync(model.Accuracy).ConfigureAwait(false),
                model.Quantization is null ? null : await TextAsync(model.Quantization).ConfigureAwait(false),
                profiles.ToImmutable()) 
            {
                AtLoad = model.Deployment.OptimizeAtLoad,
                Instructions = model.Instructions is null ? null : long.Parse(await TextAsync(model.Instructions).ConfigureAwait(false), CultureInfo.InvariantCulture),
            });
        }

        return built.ToImmutable();

        async Task<string> FileAsync(OutputRef output)
        {
            var path = Path.Combine(scratch, $"{count++}");
            await exporter.ExportAsync([new ExportItem(result.Output(output.Action, output.Output).Digest, false, path)], cancellationToken).ConfigureAwait(false);
            return path;
        }

        async Task<string> TextAsync(OutputRef output) => await File.ReadAllTextAsync(await FileAsync(output).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    private static void Show(Session session, ModelReport report)
    {
        var output = session.Console.Out;
        foreach (var line in ReportTable.Lines(ReportTable.Variants(report)))
            output.WriteLine(line);
        foreach (var variant in report.Variants.Where(v => v.Verdict is not null))
            output.WriteLine($"{variant.Setting}: {variant.Verdict}");
        foreach (var variant in report.Variants.Where(v => !v.FloatLayers.IsEmpty))
            output.WriteLine($"Left float in `{variant.Setting}` for the accuracy: [{string.Join(", ", variant.FloatLayers)}]");
        foreach (var variant in report.Variants.Where(v => !v.FloatNodes.IsEmpty))
            output.WriteLine($"Not on integers in `{variant.Setting}`: [{string.Join("; ", variant.FloatNodes)}]");
        foreach (var variant in report.Variants.Where(v => !v.Layers.IsEmpty))
        {
            output.WriteLine();
            output.WriteLine($"The worst {Math.Min(WorstShown, variant.Layers.Length)} of {variant.Layers.Length} layers on integers of `{variant.Setting}`:");
            foreach (var line in ReportTable.Lines(ReportTable.Layers(variant.Layers.Take(WorstShown))))
                output.WriteLine(line);
        }

        foreach (var profile in report.Profiles)
        {
            output.WriteLine();
            output.WriteLine($"`{profile.Profile}` would take {profile.Text}");
        }

        var path = Path.Combine(session.WorkspaceRoot, "out", "models", $"{report.Name}.html");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, ReportPage.Write(report));
        output.WriteLine($"The report is in `{path}`");
    }
}
