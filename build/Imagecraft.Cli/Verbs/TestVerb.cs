// `test`: every test of the solution. Unaware of what is tested.

using System.CommandLine;
using Imagecraft.Cli.Boards;
using Imagecraft.Cli.Checking;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Rendering;
using Imagecraft.Cli.Testing;

namespace Imagecraft.Cli.Verbs;

/// <summary>Builds the solution, runs the test executables, prints a table and the counts.</summary>
public static class TestVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("test", "Build and run all tests, the boot of the image included", Build);

    private static void Build(Command command, Session session)
    {
        var projects = new Argument<string[]>("project") { Description = "Test projects, e.g. `Engine` or `Imagecraft.Engine.Tests` (default: all)", Arity = ArgumentArity.ZeroOrMore };
        var method = new Option<string[]>("--method") { Description = "Only tests whose full name matches, e.g. `*Scheduler*`" };
        var allBoards = new Option<bool>("--all-boards") { Description = "Instead: build every board (or those named) with each of its images, examine its disk, and boot and check it where QEMU has it" };
        var wide = new Option<bool>("--wide") { Description = "Also those that show on further boards and programs what others show on one (25 minutes by themselves)" };
        command.Arguments.Add(projects);
        command.Options.Add(method);
        command.Options.Add(wide);
        command.Options.Add(allBoards);
        var options = new BuildOptions(command, NamedBoards.None);
        var checks = new CheckOptions(command);
        command.Validators.Add(result =>
        {
            var matrix = result.GetValue(allBoards);
            var foreign = (matrix ? [method, wide] : checks.All).Where(o => result.GetResult(o) is { Implicit: false }).Select(o => o.Name).ToList();
            if (foreign.Count > 0)
                result.AddError($"[{string.Join(", ", foreign)}] {(foreign.Count == 1, matrix) switch { (true, true) => "does not go with", (true, false) => "belongs to", (false, true) => "do not go with", _ => "belong to" }} `--all-boards`");
        });
        command.SetAction((parsed, _) =>
        {
            var request = options.Read(parsed);
            var names = parsed.GetValue(projects) ?? [];
            return parsed.GetValue(allBoards) ? RunMatrixAsync(session, names, request, checks.Read(parsed, request.Jobs)) : RunAsync(session, names, parsed.GetValue(method) ?? [], parsed.GetValue(wide), request);
        });
    }

    private static async Task<int> RunAsync(Session session, string[] named, string[] methods, bool isWide, BuildRequest request)
    {
        var cancellation = session.Interrupts.Listen().Gentle;
        var run = new TestRun(session);
        var all = run.Projects();
        var chosen = named.Length == 0 ? all : [.. named.Distinct().Select(name => all.FirstOrDefault(p => p == name || Short(p) == name) ?? throw ProblemException.Unknown("test project", name, all.Select(Short)))];

        session.Console.Out.WriteLine("Building what the tests boot");
        using var fixtures = await TestFixtures.MakeAsync(session, request, cancellation).ConfigureAwait(false);
        session.Console.Out.WriteLine("Compiling Imagecraft.sln");
        await run.BuildAsync(cancellation).ConfigureAwait(false);
        var reports = await run.RunAsync(chosen, TestRun.Filter(methods, isWide), fixtures.Environment, cancellation).ConfigureAwait(false);

        session.Console.Out.WriteLine();
        foreach (var line in Table(reports))
            session.Console.Out.WriteLine(line);
        foreach (var failure in reports.SelectMany(r => r.Remark is { } remark ? r.Failures.Prepend($"{r.Project} {remark}") : r.Failures))
            session.Console.Out.WriteLine($"FAILED {failure}");
        if (methods.Length == 0 && !isWide && chosen.Any(TestRun.HasWide))
            session.Console.Out.WriteLine("Tests of further boards and programs were left out; `--wide` runs them, too");
        if (reports.Sum(r => r.Skipped) is > 0 and var skipped)
            session.Console.Out.WriteLine($"{skipped} skipped, for the reasons above; root runs them all");
        session.Console.Out.WriteLine($"{reports.Sum(r => r.Passed)} passed, {reports.Sum(r => r.Failed)} failed");
        return reports.All(r => r.Failed == 0) ? ExitCodes.Done : ExitCodes.Bug;
    }

    private static async Task<int> RunMatrixAsync(Session session, string[] boards, BuildRequest request, CheckDemand demand)
    {
        var rows = await new BoardMatrix(session).RunAsync(Composition.Load(session, request.Offline), boards, request, demand, session.Interrupts.Listen().Gentle).ConfigureAwait(false);
        var table = BoardMatrix.Table(rows).ToList();
        var path = Path.Combine(session.WorkspaceRoot, "artifacts", "tests", "boards.md");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllLinesAsync(path, table).ConfigureAwait(false);
        session.Console.Out.WriteLine();
        foreach (var line in table)
            session.Console.Out.WriteLine(line);
        var (passed, leftOut) = (rows.Count(r => r.Passed), rows.Count(r => r.LeftOut));
        session.Console.Out.WriteLine($"{passed} passed, {rows.Count - passed - leftOut} failed{(leftOut == 0 ? "" : $", {leftOut} left out, because they need files that only you can supply (see above)")}; the table is in `{path}`");
        return passed > 0 && passed + leftOut == rows.Count ? ExitCodes.Done : ExitCodes.Bug;
    }

    private static string Short(string project) => project["Imagecraft.".Length..].Replace(".Tests", "", StringComparison.Ordinal);

    /// <summary>A line a project: name, counts, duration, remark.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<TestReport> reports)
    {
        var width = reports.Select(r => r.Project.Length).DefaultIfEmpty(0).Max();
        return reports.Select(r => $"{r.Project.PadRight(width)}  {r.Passed,5} passed  {r.Failed,3} failed  {Quantities.Duration(r.Duration),10}{(r.Remark is null ? "" : $"  {r.Remark}")}");
    }
}
