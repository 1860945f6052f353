// `perf`: where a machine that runs spends its time, recorded there and shown here with symbols. Unaware of how samples are taken and drawn.

using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using System.Xml.Linq;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Debugging;
using Imagecraft.Cli.Deploying;
using Imagecraft.Cli.Inspecting;
using Imagecraft.Cli.Profiling;
using Imagecraft.Planning;
using Imagecraft.Planning.Debugging;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Cli.Verbs;

/// <summary>Records by <c>perf</c> on the machine, and writes a flame graph beside the image's artifacts.</summary>
public static class PerfVerb
{
    private const string Said = "said", Folder = "perf", Page = "flame.html", Folded = "stacks.folded", Program = "/usr/bin/perf";

    private const int ShownFunctions = 15, FunctionsOfPage = 100, MostHertz = 20_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2), MostTime = TimeSpan.FromHours(1);

    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("perf", "Record where a machine that runs spends its time, and show it as a flame graph", Build);

    private static void Build(Command command, Session session)
    {
        var recording = new RecordingOptions(command);
        var machines = new ReachOptions(command, "--to");
        var frequency = new Option<int>("--frequency") { Description = "Samples a second", HelpName = "hertz", DefaultValueFactory = _ => 499 };
        var @event = new Option<string>("--event") { Description = "What is counted, as perf list of the machine names it; every kernel with perf has cpu-clock", HelpName = "event", DefaultValueFactory = _ => "cpu-clock" };
        command.Options.Add(frequency);
        command.Options.Add(@event);
        RecordingOptions.Between(frequency, MostHertz);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var request = options.Read(parsed);
            var demand = recording.Read(parsed);
            var sampling = new Sampling(parsed.GetValue(frequency), parsed.GetValue(@event)!);
            using var workshop = await Workshop.OpenAsync(session, request, _ => [new Extra.OfRecipe("perf"), new Extra.OfRecipe("libc")]).ConfigureAwait(false);
            var machine = machines.Read(parsed, session, workshop);
            var (image, failed) = await DebuggedImage.BuildAsync(session, workshop).ConfigureAwait(false);
            if (image is null)
                return failed;
            using (image)
            {
                var (inspection, problem) = await Inspection.OpenAsync(session, request, new Extra.Profiler()).ConfigureAwait(false);
                if (inspection is null)
                    return problem;
                using (inspection)
                {
                    await RecordAsync(session, workshop, machine, image, demand, sampling, inspection.Folder).ConfigureAwait(false);
                    return Show(session, workshop, demand, sampling, inspection);
                }
            }
        });
    }

    private static Task<bool> RecordAsync(Session session, Workshop workshop, ReachedMachine machine, DebuggedImage image, RecordingDemand demand, Sampling sampling, string here) => machine.UseAsync(session, "perf", async (console, cancellation) =>
    {
        if (!(await console.RunAsync("test -e /proc/sys/kernel/perf_event_paranoid", Limit, cancellation).ConfigureAwait(false)).Succeeded)
            throw ProblemException.User($"The kernel of {machine.Name} takes no samples", "Give the image the feature `monitoring`, or its fragment `profiling.config` (CONFIG_PERF_EVENTS)");
        var target = await demand.FindAsync(console, machine.Name, image, cancellation).ConfigureAwait(false);
        var folder = await MachineFolder.MakeAsync(console, cancellation).ConfigureAwait(false);
        var perf = await BroughtProgram.OnAsync(Program, folder, image.Planned, workshop.Workspace.Architectures[workshop.Plan.Board.Architecture].Triplet, cancellation).ConfigureAwait(false);
        session.Console.Out.WriteLine($"{machine.Name} records {demand.Span}");
        var what = target.Process is { } process ? string.Create(CultureInfo.InvariantCulture, $"-p {process} ") : demand.Program is null ? "-a " : "";
        var record = string.Create(CultureInfo.InvariantCulture, $"{perf.Command} record -q -e {ShellText.Quote(sampling.Event)} -F {sampling.Frequency} -g -o {InspectionPlan.Samples} {what}-- {target.Command}");
        // The exit code is the program's, which may be any.
        var recorded = await console.RunAsync(
            $"cd {folder.Path} && {{ {record} >{Said} 2>&1; test -s {InspectionPlan.Samples}; }} && grep -i ' [tw] ' /proc/kallsyms | gzip > {InspectionPlan.KernelSymbols}.gz && gzip -f {InspectionPlan.Samples}",
            MostTime + Limit, cancellation).ConfigureAwait(false);
        if (!recorded.Succeeded)
            throw ProblemException.User($"`perf record` on {machine.Name} failed: {string.Join("; ", await folder.LinesAsync(Said, cancellation).ConfigureAwait(false))}", "Is the event one of those that `perf list` names there? Emulated processors have clocks only");
        foreach (var name in new[] { InspectionPlan.Samples, InspectionPlan.KernelSymbols })
        {
            await using var packed = new GZipStream(await folder.ReadAsync($"{name}.gz", cancellation).ConfigureAwait(false), CompressionMode.Decompress);
            await using var file = File.Create(Path.Combine(here, name));
            await packed.CopyToAsync(file, cancellation).ConfigureAwait(false);
        }

        await folder.CloseAsync(cancellation).ConfigureAwait(false);
        return true;
    });

    private static int Show(Session session, Workshop workshop, RecordingDemand demand, Sampling sampling, Inspection inspection)
    {
        if (inspection.Run([]) != 0)
            throw ProblemException.Environment("`perf script` could not read the samples", "What it said stands above");
        using var text = File.OpenText(Path.Combine(inspection.Folder, InspectionPlan.Stacks));
        var all = StackSample.Parse(text);
        var samples = all.Where(sample => sample.Id != 0).ToImmutableArray();
        if (samples.IsEmpty)
            throw ProblemException.User("Nothing ran while it was recorded, so there is no sample", "Record for longer, or all that runs (without a program)");
        var idle = all.Where(sample => sample.Id == 0).Sum(sample => sample.Period);
        var idled = idle > 0 ? $"; processors idled for {sampling.Words(idle)} besides" : "";
        var title = $"{demand.Program ?? "All that ran"} on {workshop.Plan.Board.Name}";
        var tree = StackTree.Of(title, samples);
        string Share(long amount) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * amount / Math.Max(1, tree.Total):0.0} %");
        var functions = tree.Functions();
        var folder = Directory.CreateDirectory(Path.Combine(workshop.OutputFolder, Folder)).FullName;
        File.WriteAllText(Path.Combine(folder, Folded), tree.Folded());
        File.Copy(Path.Combine(inspection.Folder, InspectionPlan.Samples), Path.Combine(folder, InspectionPlan.Samples), overwrite: true);
        File.WriteAllText(Path.Combine(folder, Page), HtmlPage.Write(
            title,
            new XElement("p", string.Create(CultureInfo.InvariantCulture, $"{samples.Length:N0} samples of {sampling.Event}, {sampling.Frequency} a second; {sampling.Words(tree.Total)} in all{idled}. Each function stands below the one that called it, as wide as what it took.")),
            FlameGraph.Draw(tree, sampling.Words),
            HtmlPage.Table(["Function", "#Itself", "#Share", "#With what it called"], functions.Take(FunctionsOfPage).Select(f => new object?[] { f.Name, sampling.Words(f.Own), Share(f.Own), sampling.Words(f.Total) }))));
        session.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{samples.Length:N0} samples of {sampling.Event}, {sampling.Words(tree.Total)} in all{idled}"));
        foreach (var (name, own, total) in functions.Where(f => f.Own > 0).Take(ShownFunctions))
            session.Console.Out.WriteLine($"{Share(own),8}  {name}{(total > own ? $"  ({Share(total)} with what it called)" : "")}");
        session.Console.Out.WriteLine($"Flame graph: {Path.GetRelativePath(session.WorkspaceRoot, Path.Combine(folder, Page))}; beside it `{Folded}` for other tools, and `{InspectionPlan.Samples}`");
        return ExitCodes.Done;
    }

    private sealed record Sampling(int Frequency, string Event)
    {
        // Clocks count nanoseconds.
        public string Words(long amount) => Event.EndsWith("-clock", StringComparison.Ordinal) ? string.Create(CultureInfo.InvariantCulture, $"{amount / 1e6:0.#} ms") : amount.ToString("N0", CultureInfo.InvariantCulture);
    }
}
