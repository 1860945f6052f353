// `trace`: events of the kernel of a machine that runs, recorded there and shown here. Unaware of what events mean and how they are drawn.

using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Debugging;
using Imagecraft.Cli.Deploying;
using Imagecraft.Cli.Inspecting;
using Imagecraft.Cli.Profiling;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Cli.Verbs;

/// <summary>Records by the kernel's own tracer, and writes a page, a text and a file for other tools beside the image's artifacts.</summary>
public static partial class TraceVerb
{
    private const string Script = "record-trace", Said = "said", Recorded = "trace", Folder = "trace", Page = "trace.html", Text = "trace.txt", Json = "trace.json";

    private const int ShownTasks = 15, RowsOfPage = 200, MostKibibytes = 1 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2), MostTime = TimeSpan.FromHours(1);

    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("trace", "Record events of the kernel of a machine that runs, and show who had which processor", Build);

    private static void Build(Command command, Session session)
    {
        var recording = new RecordingOptions(command);
        var machines = new ReachOptions(command, "--to");
        var events = new Option<string>("--events") { Description = "Events of the kernel, SYSTEM or SYSTEM:NAME, separated by commas", HelpName = "list", DefaultValueFactory = _ => "sched:sched_switch,sched:sched_wakeup,irq:irq_handler_entry" };
        var functions = new Option<string?>("--functions") { Description = "Also calls of the kernel's functions that a glob names, e.g. vfs_*", HelpName = "glob" };
        var buffer = new Option<int>("--buffer") { Description = "KiB of room on each processor; the oldest events give way", HelpName = "kib", DefaultValueFactory = _ => 8192 };
        foreach (var option in new Option[] { events, functions, buffer })
            command.Options.Add(option);
        events.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !Events().IsMatch(text))
                result.AddError($"`{text}` is no list of events such as `sched:sched_switch,irq`");
        });
        functions.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !Functions().IsMatch(text))
                result.AddError($"`{text}` is no glob of functions such as `vfs_*`");
        });
        RecordingOptions.Between(buffer, MostKibibytes);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var request = options.Read(parsed);
            var demand = recording.Read(parsed);
            var tracing = new Tracing(parsed.GetValue(events)!, parsed.GetValue(functions), parsed.GetValue(buffer));
            using var workshop = await Workshop.OpenAsync(session, request).ConfigureAwait(false);
            var machine = machines.Read(parsed, session, workshop);
            var (image, failed) = await DebuggedImage.BuildAsync(session, workshop).ConfigureAwait(false);
            if (image is null)
                return failed;
            using (image)
                return Show(session, workshop, demand, await RecordAsync(session, machine, image, demand, tracing).ConfigureAwait(false));
        });
    }

    private static Task<string> RecordAsync(Session session, ReachedMachine machine, DebuggedImage image, RecordingDemand demand, Tracing tracing) => machine.UseAsync(session, "trace", async (console, cancellation) =>
    {
        var target = await demand.FindAsync(console, machine.Name, image, cancellation).ConfigureAwait(false);
        var folder = await MachineFolder.MakeAsync(console, cancellation).ConfigureAwait(false);
        using var script = typeof(TraceVerb).Assembly.GetManifestResourceStream(Script)!;
        await folder.WriteAsync(Script, script, cancellation).ConfigureAwait(false);
        session.Console.Out.WriteLine($"{machine.Name} records {demand.Span}");
        var words = string.Create(CultureInfo.InvariantCulture, $"'{tracing.Events}' '{tracing.Functions}' {tracing.Kibibytes} '{target.Process}'");
        var recorded = await console.RunAsync($"cd {folder.Path} && sh ./{Script} {words} {target.Command} >{Said} 2>&1", MostTime + Limit, cancellation).ConfigureAwait(false);
        if (!recorded.Succeeded)
            throw ProblemException.User($"{machine.Name} recorded nothing: {string.Join("; ", await folder.LinesAsync(Said, cancellation).ConfigureAwait(false))}", "A kernel that traces has CONFIG_FTRACE, and CONFIG_FUNCTION_TRACER for functions: the feature `tracing`");
        await using var packed = new GZipStream(await folder.ReadAsync($"{Recorded}.gz", cancellation).ConfigureAwait(false), CompressionMode.Decompress);
        using var reader = new StreamReader(packed);
        var text = await reader.ReadToEndAsync(cancellation).ConfigureAwait(false);
        await folder.CloseAsync(cancellation).ConfigureAwait(false);
        return text;
    });

    private static int Show(Session session, Workshop workshop, RecordingDemand demand, string text)
    {
        var (events, lost) = TraceEvent.Parse(new StringReader(text));
        if (events.IsEmpty)
            throw ProblemException.User("Nothing of what was to be recorded happened", "Record for longer, other events (`--events`), or all that runs (without a program)");
        var scheduler = SchedulerTrace.Of(events);
        var folder = Directory.CreateDirectory(Path.Combine(workshop.OutputFolder, Folder)).FullName;
        File.WriteAllText(Path.Combine(folder, Text), text);
        using (var json = File.Create(Path.Combine(folder, Json)))
            TraceJson.Write(json, events, scheduler);
        var span = events[^1].Seconds - events[0].Seconds;
        var summary = string.Create(CultureInfo.InvariantCulture, $"{events.Length:N0} events in {span:0.000} s{(lost > 0 ? $"; {lost:N0} more had no room (`--buffer`)" : "")}");
        var counts = events.GroupBy(one => one.Name).Select(of => (Name: of.Key, Count: of.Count())).OrderByDescending(of => of.Count).ThenBy(of => of.Name, StringComparer.Ordinal).ToList();
        File.WriteAllText(Path.Combine(folder, Page), HtmlPage.Write(
            $"{demand.Program ?? "All that ran"} on {workshop.Plan.Board.Name}",
            new XElement("p", summary),
            scheduler.Slices.IsEmpty ? null : ProcessorRows.Draw("Who had which processor", scheduler.Slices),
            scheduler.Tasks.IsEmpty ? null : HtmlPage.Table(["Thread", "#Number", "#Ran", "#Times", "#Longest wait"], scheduler.Tasks.Take(RowsOfPage).Select(task => new object?[] { task.Task, task.Id, Milliseconds(task.Running), task.Slices, Milliseconds(task.LongestWait) })),
            HtmlPage.Table(["Event or function", "#Times"], counts.Take(RowsOfPage).Select(of => new object?[] { of.Name, of.Count }))));
        var console = session.Console.Out;
        console.WriteLine(summary);
        foreach (var task in scheduler.Tasks.Take(ShownTasks))
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Milliseconds(task.Running),14}  {task.Task} ({task.Id}), {task.Slices} times{(task.LongestWait > 0 ? $", waited {Milliseconds(task.LongestWait)} at the most" : "")}"));
        foreach (var (name, count) in counts.Where(of => !of.Name.StartsWith("sched_", StringComparison.Ordinal)).Take(ShownTasks))
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,14:N0}  {name}"));
        console.WriteLine($"Page: {Path.GetRelativePath(session.WorkspaceRoot, Path.Combine(folder, Page))}; beside it `{Text}`, and `{Json}` for Perfetto and the like");
        return ExitCodes.Done;
    }

    private static string Milliseconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.000} ms");

    [GeneratedRegex(@"^[\w*]+(:[\w*]+)?(,[\w*]+(:[\w*]+)?)*$")]
    private static partial Regex Events();

    [GeneratedRegex(@"^[\w*?.]+$")]
    private static partial Regex Functions();

    private sealed record Tracing(string Events, string? Functions, int Kibibytes);
}
