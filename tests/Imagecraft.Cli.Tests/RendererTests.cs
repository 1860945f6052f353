// What a build looks like, as plain lines and on a terminal.

using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Events;
using Spectre.Console;

namespace Imagecraft.Cli.Tests;

public sealed class RendererTests
{
    [Fact]
    public void A_succeeding_build_is_a_line_for_each_action_that_ran_and_a_summary() => Golden.Check(Plain(SampleBuild.Succeeding));

    [Fact]
    public void A_failing_build_shows_the_last_lines_the_log_and_the_way_into_the_sandbox() => Golden.Check(Plain(SampleBuild.Failing));

    [Fact]
    public void The_progress_view_shows_what_runs_and_how_far_the_build_is()
    {
        var progress = SampleBuild.Succeeding.Take(8).Aggregate(new BuildProgress(), (state, e) => state.After(e));

        Golden.Check(Rendered(ProgressView.Of(progress, TimeSpan.FromSeconds(21.4), 90), 90));
    }

    [Fact]
    public void The_progress_view_fits_a_narrow_terminal_and_names_how_many_more_run()
    {
        var progress = Enumerable.Range(1, 15)
            .Select(i => new BuildEvent.ActionStarted(TimeSpan.FromSeconds(i), new($"recipe-with-a-long-name-{i}:build"), "Compile it", "never built", null, 0))
            .Aggregate(new BuildProgress { Announced = 40 }, (state, e) => state.After(e));

        var text = Rendered(ProgressView.Of(progress, TimeSpan.FromSeconds(30), 48), 48);

        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 48, line));
        Golden.Check(text);
    }

    [Fact]
    public void On_a_terminal_finished_actions_and_the_summary_stay_on_the_screen()
    {
        var writer = new StringWriter();
        using (var renderer = new LiveRenderer(writer, new(() => ConsoleOf(writer, 100)), new BuildText(""), TimeProvider.System))
        {
            foreach (var buildEvent in SampleBuild.Failing)
                renderer.Handle(buildEvent);
        }

        var lines = writer.ToString().Split('\n').Select(l => l.TrimEnd()).ToList();
        foreach (var line in Plain(SampleBuild.Failing).Split('\n').Where(l => l.Length > 0))
            Assert.Contains(line.Replace(" --board qemu-arm64", "", StringComparison.Ordinal), lines);
    }

    [Fact]
    public void A_build_with_nothing_to_do_is_one_line_on_a_terminal()
    {
        var writer = new StringWriter();
        using (var renderer = new LiveRenderer(writer, new(() => ConsoleOf(writer, 100)), new BuildText(""), TimeProvider.System))
        {
            renderer.Handle(new BuildEvent.BuildStarted(TimeSpan.Zero, 0));
            renderer.Handle(new BuildEvent.BuildEnded(TimeSpan.FromSeconds(0.1), 0, 0, 0));
        }

        Assert.Equal("Done in 0.1 s: 0 run, 0 cached\n", writer.ToString());
    }

    [Fact]
    public void An_action_that_waited_for_damaged_content_and_then_ran_is_not_told_as_not_run()
    {
        var id = new Engine.Actions.ActionId("busybox:build");
        BuildEvent.ActionEnded Ended(ActionOutcome outcome) => new(TimeSpan.FromSeconds(1), id, outcome, TimeSpan.Zero, 0, 0);
        BuildEvent.ActionStarted started = new(TimeSpan.Zero, id, "", "", null, 0);

        var text = Plain(
        [
            new BuildEvent.BuildStarted(TimeSpan.Zero, 1),
            started,
            Ended(new ActionOutcome.Skipped(null)),
            started,
            Ended(new ActionOutcome.Executed(System.Collections.Immutable.ImmutableSortedDictionary<string, Engine.Content.OutputValue>.Empty, "")),
            new BuildEvent.BuildEnded(TimeSpan.FromSeconds(2), 1, 0, 0),
        ]);

        Assert.EndsWith("Done in 2.0 s: 1 run, 0 cached\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_minute_in_which_nothing_ends_is_not_silent()
    {
        var (writer, clock, zlib) = (new StringWriter(), new ManualClock(), new Engine.Actions.ActionId("zlib:build"));
        using var renderer = new PlainRenderer(writer, new BuildText(""), clock);
        renderer.Handle(new BuildEvent.BuildStarted(TimeSpan.Zero, 2));
        renderer.Handle(new BuildEvent.ActionStarted(TimeSpan.Zero, zlib, "", "", null, 0));
        renderer.Handle(new BuildEvent.ActionStarted(TimeSpan.Zero, new("linux:build"), "Build linux", "", TimeSpan.FromSeconds(370), 1));
        clock.Advance(TimeSpan.FromSeconds(50));
        renderer.Handle(new BuildEvent.ActionEnded(TimeSpan.FromSeconds(50), zlib, new ActionOutcome.Executed(System.Collections.Immutable.ImmutableSortedDictionary<string, Engine.Content.OutputValue>.Empty, ""), TimeSpan.FromSeconds(50), 0, 0));
        clock.Advance(TimeSpan.FromSeconds(130));
        // What runs longer than last time is not told to end in the past.
        clock.Advance(TimeSpan.FromSeconds(240));

        Assert.Equal("[1/2] zlib:build  50.0 s\n[1/2] linux:build  Build linux  runs for 1 m 50 s of about 6 m 10 s\n[1/2] linux:build  Build linux  runs for 2 m 50 s of about 6 m 10 s\n"
            + "[1/2] linux:build  Build linux  runs for 3 m 50 s of about 6 m 10 s\n[1/2] linux:build  Build linux  runs for 4 m 50 s of about 6 m 10 s\n[1/2] linux:build  Build linux  runs for 5 m 50 s of about 6 m 10 s\n[1/2] linux:build  Build linux  runs for 6 m 50 s\n", writer.ToString());
    }

    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(59.94, "59.9 s")]
    [InlineData(59.96, "1 m 00 s")]
    [InlineData(192, "3 m 12 s")]
    [InlineData(3599.9, "1 h 00 m")]
    [InlineData(7320, "2 h 02 m")]
    public void A_duration_is_told_in_its_two_largest_units(double seconds, string words) =>
        Assert.Equal(words, Quantities.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(512, "512 B")]
    [InlineData(8_703_180, "8.3 MiB")]
    [InlineData(1L << 41, "2.0 TiB")]
    public void A_size_is_told_in_its_largest_unit(long bytes, string words) => Assert.Equal(words, Quantities.Size(bytes));

    private static string Plain(IEnumerable<BuildEvent> events)
    {
        using var writer = new StringWriter();
        using var renderer = new PlainRenderer(writer, new BuildText("--board qemu-arm64"), TimeProvider.System);
        foreach (var buildEvent in events)
            renderer.Handle(buildEvent);
        return writer.ToString();
    }

    private static string Rendered(Spectre.Console.Rendering.IRenderable view, int width)
    {
        using var writer = new StringWriter();
        ConsoleOf(writer, width).Write(view);
        return writer.ToString();
    }

    private static IAnsiConsole ConsoleOf(TextWriter writer, int width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = width;
        return console;
    }
}
