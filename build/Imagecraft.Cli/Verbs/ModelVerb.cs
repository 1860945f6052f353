// `model`: one network, built and told about. Unaware of how it is built and of what its figures mean.

using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Imagecraft.BuiltIns.Models;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Store;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Reports;
using Imagecraft.Planning;
using Imagecraft.Planning.Models;

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
        var search = new Option<bool>("--search") { Description = "Try other settings of the recipe's `quantize` too, and mark those than which none is at once smaller, faster and more accurate" };
        command.Arguments.Add(name);
        command.Options.Add(compare);
        command.Options.Add(output);
        command.Options.Add(instructions);
        command.Options.Add(search);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var model = parsed.GetValue(name)!;
            if (parsed.GetValue(output) is { } wanted)
                NetworkDelivery.Check(wanted);
            var isSearch = parsed.GetValue(search);
            if (isSearch && parsed.GetValue(compare) is { Length: > 0 })
                throw ProblemException.User("`--search` chooses the settings by itself, and `--compare` names them", "Leave one of them out");
            ImmutableArray<ComparedSetting> settings = [];
            var request = options.Read(parsed);
            using var workshop = await Workshop.OpenAsync(session, isSearch ? request with { KeepGoing = true } : request, reading =>
            {
                settings = isSearch ? ModelSearch.Of(reading, model) : ModelComparison.Of(reading, model, parsed.GetValue(compare) ?? []);
                return [.. settings.Select(s => parsed.GetValue(instructions) ? new Extra.Counted(s.Extra) : s.Extra)];
            }).ConfigureAwait(false);
            var scratch = Directory.CreateTempSubdirectory("imagecraft-model-").FullName;
            try
            {
                ImmutableArray<BuiltSetting> built = [];
                var chosen = Enumerable.Range(0, settings.Length).ToImmutableArray();
                if (isSearch)
                {
                    // Not every network can be everything.
                    var tried = await workshop.BuildAsync(plan => Goals(plan, chosen), null).ConfigureAwait(false);
                    if (tried.Cancelled)
                        return tried.ExitCode;
                    chosen = [.. chosen.Where(i => Goals(workshop.Plan, [i]).All(action => tried.Outcomes.GetValueOrDefault(action) is ActionOutcome.Cached or ActionOutcome.Executed))];
                    foreach (var i in Enumerable.Range(0, settings.Length).Except(chosen))
                        session.Console.Out.WriteLine($"It cannot be `{settings[i].Name}`, as is said above");
                }

                // Taken out of the store while the build still holds its lease.
                var result = await workshop.BuildAsync(
                    plan => Goals(plan, chosen),
                    async (done, engine, cancellation) =>
                    {
                        built = await ExportAsync([.. chosen.Select(i => (settings[i].Name, workshop.Plan.Extras[i].Models.Single()))], done, engine.Store, scratch, cancellation).ConfigureAwait(false);
                        if (parsed.GetValue(output) is { } folder)
                            await new NetworkDelivery(session, engine.Store, Path.Combine(scratch, "delivered")).ExportAsync([.. chosen.SelectMany(i => workshop.Plan.Extras[i].Models)], done, folder, cancellation).ConfigureAwait(false);
                    }).ConfigureAwait(false);
                if (result.Succeeded)
                {
                    Show(session, ModelReports.Make(model, workshop.Workspace.Models[model].Version, built, session.Interrupts.Gentle) with { IsSearch = isSearch });
                    if (isSearch && !ModelSearch.IsApart(workshop.Workspace.Models[model]))
                        session.Console.Out.WriteLine("The figures are of the data on which the gate judges: who chooses by them makes it judge too well. With `search: { dataset: ..., split: ... }` (and `float-layers: 0`) in `quantize` they are of other data");
                }

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

    private static IEnumerable<ActionId> Goals(ImageBuild plan, ImmutableArray<int> settings) => settings.SelectMany(i => plan.Extras[i].Outputs).Select(output => output.Action);

    private static async Task<ImmutableArray<BuiltSetting>> ExportAsync(ImmutableArray<(string Name, PlannedModel Model)> settings, BuildResult result, ContentStore store, string scratch, CancellationToken cancellationToken)
    {
        var exporter = new Exporter(store, Path.Combine(scratch, "stamps"));
        var count = 0;
        var built = ImmutableArray.CreateBuilder<BuiltSetting>();
        foreach (var (setting, model) in settings)
        {
            var profiles = ImmutableArray.CreateBuilder<string>();
            foreach (var profile in model.Profiles)
                profiles.Add(await TextAsync(profile).ConfigureAwait(false));
            built.Add(new(
                setting,
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
        if (!report.IsSearch)
            ShowEach(output, report);
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

    private static void ShowEach(TextWriter output, ModelReport report)
    {
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
    }
}
