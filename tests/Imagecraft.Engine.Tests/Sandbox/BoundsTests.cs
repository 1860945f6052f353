// Actions that take more than they may: each ends as what it is, and the machine lives.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Sandbox;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class BoundsTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    readonly SandboxFixture sandbox = sandbox.With(options => options with { Limits = Small });

    static SandboxLimits Small { get; } = SandboxLimits.OfMachine with { MemoryBytes = 96 << 20, Processes = 60, LogBytes = 1 << 20, DiskBytes = 16 << 20 };

    async Task<ActionFailure> FailureOfAsync(string id, string script)
    {
        return Assert.Single((await sandbox.BuildAsync(Shell(id, script) with { Timeout = TimeSpan.FromMinutes(5) })).Failures).Failure;
    }

    [Fact]
    public async Task A_fork_bomb_ends_and_is_named()
    {
        var failure = await FailureOfAsync("bomb", "bomb() { bomb | bomb & }; bomb; sleep 600");
        Assert.Equal((FailureKind.User, "`bomb` wanted more than 60 processes at once and was killed; look for one that starts itself again and again"), (failure.Kind, failure.Message));
    }

    [Fact]
    public async Task An_action_that_eats_memory_ends_and_is_named()
    {
        if (!ControlGroup.IsPossible)
            Assert.Skip("This process may make no control groups, so the bound is that of the machine");
        // Half of it goes on after the kernel killed the other.
        var failure = await FailureOfAsync("eater", "perl -e '$x .= \"x\" x 1048576 while 1' || true; echo went on; echo done > /out/text");
        Assert.Equal(FailureKind.Environment, failure.Kind);
        Assert.StartsWith("`eater` ran out of memory and was killed (it had ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("one action may take 96.0 MiB of this machine", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_memory_of_others_is_not_blamed()
    {
        if (!ControlGroup.IsPossible)
            Assert.Skip("This process may make no control groups");
        var result = await sandbox.With(options => options with { KeepGoing = true }).BuildAsync(Shell("eats", "perl -e '$x .= \"x\" x 1048576 while 1'"), Shell("fails", "sleep 1; exit 9"));
        Assert.Equal(["`eats` ran out of memory", "`fails` exited with code 9"], result.Failures.Select(f => f.Failure.Message.Split(" and was")[0]));
    }

    [Fact]
    public async Task A_log_without_end_is_cut_and_named()
    {
        var failure = await FailureOfAsync("loud", "yes");
        Assert.Equal((FailureKind.User, "`loud` printed more than 1.0 MiB and was killed; let it print less, or into a file below `/build`"), (failure.Kind, failure.Message));
        Assert.InRange(new FileInfo(failure.LogPath!).Length, 1, 1 << 20);
    }

    [Theory]
    [InlineData("/build")]
    [InlineData("/out")]
    public async Task Many_files_without_end_are_named(string folder)
    {
        var failure = await FailureOfAsync("writer", $"for ((i = 0; ; i++)); do head -c 1000000 /dev/zero | tr '\\0' x > {folder}/$i; done");
        Assert.Equal((FailureKind.User, "`writer` wrote more than 16.0 MiB and was killed; look for a file that grows without end below `/build` and `/out`"), (failure.Kind, failure.Message));
    }

    [Fact]
    public async Task One_file_without_end_is_named()
    {
        var failure = await FailureOfAsync("file", "exec dd if=/dev/zero of=/build/large bs=64K status=none");
        Assert.StartsWith("`file` wrote more than 16.0 MiB and was killed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_larger_than_any_disk_may_be_all_holes()
    {
        Assert.Equal("1099511627776", await sandbox.TextOfAsync(Shell("holes", "dd if=/dev/zero of=/build/holes bs=1 count=0 seek=1T status=none; stat -c %s /build/holes > /out/text; sleep 1")));
    }

    [Fact]
    public async Task An_output_of_holes_is_not_hashed_for_ever()
    {
        var result = await sandbox.BuildAsync(Shell("endless", "dd if=/dev/zero of=/out/text bs=1 count=0 seek=8T status=none") with { Timeout = TimeSpan.FromSeconds(15) });
        var failure = Assert.Single(result.Failures).Failure;
        Assert.Equal(FailureKind.User, failure.Kind);
        Assert.StartsWith("`endless` took longer than its limit of 15 s", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/out/text")]
    [InlineData("/build")]
    public async Task Folders_that_are_too_deep_for_a_path_are_the_recipes(string folder)
    {
        var node = Shell($"deep {folder}", $"mkdir -p /out/text {folder}; cd {folder}; perl -e 'for (1..3000) {{ mkdir \"deep\"; chdir \"deep\" or die }}'");
        var result = await sandbox.BuildAsync(node with { Outputs = [new OutputSpec("text", "/out/text", OutputKind.Tree)], Work = (ActionWork.Process)node.Work with { Follows = ["/followed"] } });
        var failure = Assert.Single(result.Failures).Failure;
        Assert.Equal(FailureKind.User, failure.Kind);
        Assert.StartsWith($"`deep {folder}` leaves folders below `/out` or `/build` that are so deep", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_within_its_bounds_succeeds()
    {
        Assert.Equal("20", await sandbox.TextOfAsync(Shell("within", "for i in $(seq 20); do sleep 0.2 & done; wait; head -c 4000000 /dev/zero > /build/x; echo 20 > /out/text")));
    }
}
