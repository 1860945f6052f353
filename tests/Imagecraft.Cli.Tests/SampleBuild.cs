// A build as events, with one action of each outcome. Times are inputs, so every text about it is the same each time.

using System.Collections.Immutable;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;

namespace Imagecraft.Cli.Tests;

internal static class SampleBuild
{
    public static IEnumerable<BuildEvent> Succeeding =>
    [
        new BuildEvent.BuildStarted(At(0), 4),
        Ended(0.1, "zlib:source", new ActionOutcome.Cached(Outputs)),
        new BuildEvent.ActionStarted(At(0.2), new("zlib:build"), "Compile zlib 1.3.1", "input changed", At(9), 0),
        new BuildEvent.ActionStarted(At(0.3), new("busybox:build"), "Compile busybox 1.37.0", "never built", At(60), 1),
        new BuildEvent.Notice(At(5), "Object `3f2a90` was damaged and is rebuilt"),
        Ended(8.2, "zlib:build", new ActionOutcome.Executed(Outputs, "input changed"), 8),
        new BuildEvent.ActionStarted(At(8.3), new("image:fetch"), "", "never built", null, 0),
        new BuildEvent.ActionProgress(At(9), new("image:fetch"), 25, 100),
        Ended(41.5, "busybox:build", new ActionOutcome.Executed(Outputs, "never built"), 41.2),
        Ended(192, "image:fetch", new ActionOutcome.Executed(Outputs, "never built"), 183.7),
        new BuildEvent.BuildEnded(At(192.4), 3, 1, 0),
    ];

    public static IEnumerable<BuildEvent> Failing =>
    [
        new BuildEvent.BuildStarted(At(0), 3),
        new BuildEvent.ActionStarted(At(0.2), new("htop:build"), "Compile htop 3.4.1", "never built", null, 0),
        Ended(12.5, "htop:build", new ActionOutcome.Failed(new ActionFailure(FailureKind.User, "Command `make` ended with exit code 2", "/cache/logs/htop_build.log", ["Action.c:1:10: fatal error: config.h: No such file", "make: *** [Action.o] Error 1"])), 12.3),
        Ended(12.6, "htop:packages", new ActionOutcome.Skipped(new("htop:build"))),
        Ended(12.6, "image:tar", new ActionOutcome.Skipped(new("htop:packages"))),
        new BuildEvent.BuildEnded(At(12.7), 0, 0, 1),
    ];

    private static ImmutableSortedDictionary<string, OutputValue> Outputs => ImmutableSortedDictionary<string, OutputValue>.Empty;

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static BuildEvent.ActionEnded Ended(double at, string id, ActionOutcome outcome, double duration = 0) =>
        new(At(at), new(id), outcome, At(duration), 0, 0);
}
