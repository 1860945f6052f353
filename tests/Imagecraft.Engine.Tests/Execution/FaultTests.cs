// The table of causes: whose fault each is, by type and error number, with real disks where they can be had.

using System.ComponentModel;
using System.Net.Sockets;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Store;
using Imagecraft.Engine.Tests.Store;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class FaultTests : IDisposable
{
    const string Variable = "IMAGECRAFT_TEST_FULL_DISK";
    readonly string root = Directory.CreateTempSubdirectory("imagecraft-faults-").FullName;

    public static TheoryData<Exception, FailureKind> Table { get; } = new()
    {
        { new ActionFailedException("The recipe is wrong"), FailureKind.User },
        { new StoreException("`x` is a socket"), FailureKind.User },
        { new GraphException("Actions depend on each other"), FailureKind.User },
        { new FetchFailedException("The hash is another", userError: true), FailureKind.User },
        { new FetchFailedException("No mirror answers", userError: false), FailureKind.Environment },
        { new EnvironmentException("Cannot unpack"), FailureKind.Environment },
        { new DiskFullException("No space"), FailureKind.Environment },
        { new IOException("No space left on device", 28), FailureKind.Environment },
        { new IOException("Disk quota exceeded", 122), FailureKind.Environment },
        { new IOException("File too large", 27), FailureKind.Environment },
        { new IOException("Read-only file system", 30), FailureKind.Environment },
        { new IOException("Operation not permitted", 1), FailureKind.Environment },
        { new IOException("Permission denied", 13), FailureKind.Environment },
        { new IOException("Input/output error", 5), FailureKind.Environment },
        { new IOException("Too many open files", 24), FailureKind.Environment },
        { new IOException("Anything else"), FailureKind.Environment },
        { new UnauthorizedAccessException("Access to the path is denied."), FailureKind.Environment },
        { new FileNotFoundException("Gone"), FailureKind.Environment },
        { new PathTooLongException("Too long"), FailureKind.Environment },
        { new InsufficientMemoryException("No memory"), FailureKind.Environment },
        { new Win32Exception(13), FailureKind.Environment },
        { new HttpRequestException("No route to host"), FailureKind.Environment },
        { new SocketException(113), FailureKind.Environment },
        { new AggregateException(new DiskFullException("No space")), FailureKind.Environment },
        { new AggregateException(new StoreException("`x`"), new AggregateException(new IOException("Quota", 122))), FailureKind.Environment },
        { new AggregateException(new StoreException("`x`"), new InvalidOperationException("a bug")), FailureKind.Bug },
        { new InvalidOperationException("a bug"), FailureKind.Bug },
        { new ArgumentOutOfRangeException("value"), FailureKind.Bug },
        { new OperationCanceledException(), FailureKind.Bug },
    };

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [MemberData(nameof(Table))]
    public void Each_cause_has_one_kind(Exception exception, FailureKind kind)
    {
        Assert.Equal(kind, Fault.Of(exception)?.Kind ?? FailureKind.Bug);
        Assert.Equal(kind, Failures.Of(exception, CancellationToken.None).Kind);
    }

    [Theory]
    [InlineData(30, "mounted read-only")]
    [InlineData(28, "`./build.sh cache gc`")]
    [InlineData(13, "IMAGECRAFT_CACHE")]
    [InlineData(24, "`ulimit -n`")]
    public void The_message_has_the_remedy(int error, string remedy) =>
        Assert.Contains(remedy, Failures.Of(new IOException("It failed", error), CancellationToken.None).Message, StringComparison.Ordinal);

    [Fact]
    public void Words_decide_nothing() =>
        Assert.DoesNotContain("cache gc", Failures.Of(new IOException("No space left on device"), CancellationToken.None).Message, StringComparison.Ordinal);

    [Fact]
    public void What_was_stopped_is_stopped_also_when_several_threads_say_so()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Equal(FailureKind.Cancelled, Failures.Of(new OperationCanceledException(), stop.Token).Kind);
        Assert.Equal(FailureKind.Cancelled, Failures.Of(new AggregateException(new OperationCanceledException(), new TaskCanceledException()), stop.Token).Kind);
        Assert.Equal(FailureKind.Environment, Failures.Of(new AggregateException(new DiskFullException("No space")), stop.Token).Kind);
    }

    [Fact]
    public void A_file_that_is_missing_is_the_users_fault_unless_it_is_the_caches()
    {
        Assert.Equal(FailureKind.User, Fault.Of(new FileNotFoundException("Gone", "/home/me/x.yaml"), "/cache")!.Kind);
        Assert.Equal(FailureKind.Environment, Fault.Of(new FileNotFoundException("Gone", "/cache/objects/ab/x"), "/cache")!.Kind);
    }

    [Fact]
    public void A_limit_of_the_files_size_is_told_as_a_full_disk()
    {
        var path = Path.Combine(root, "large");
        using var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        var problem = Record.Exception(() => RandomAccess.Write(handle, new byte[4096], 1L << 62));
        Assert.SkipWhen(problem is not ArgumentOutOfRangeException, $"This file system takes files of any size: {problem?.Message}");
        Assert.Equal(FailureKind.Environment, Failures.Of(problem!, CancellationToken.None).Kind);
    }

    [Fact]
    public void A_cache_of_another_owner_or_one_that_is_only_read_is_the_machines_fault()
    {
        Assert.Equal(FailureKind.Environment, Fault.Of(Record.Exception(() => new ContentStore("/proc/1/imagecraft"))!)!.Kind);
    }

    [Fact]
    public void A_folder_that_nobody_can_make_is_the_machines_fault() =>
        Assert.Equal(FailureKind.Environment, Fault.Of(Record.Exception(() => new ContentStore("/proc/imagecraft"))!)!.Kind);

    [Fact]
    public void A_file_in_the_caches_place_is_the_machines_fault()
    {
        var file = Path.Combine(root, "cache");
        File.WriteAllText(file, "");
        Assert.Equal(FailureKind.Environment, Fault.Of(Record.Exception(() => new ContentStore(file))!)!.Kind);
    }

    [Fact]
    public async Task A_disk_that_fills_up_while_a_tree_is_stored_by_many_threads_is_no_bug()
    {
        var small = Directory.CreateDirectory(Path.Combine(root, "small")).FullName;
        var (exitCode, output) = await ChildProcess.RunTestAsync(
            typeof(FaultTests), nameof(Child_fills_the_disk), (Variable, small),
            "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs -o size=4m none \"$0\" && exec \"$@\"", small);
        Assert.True(exitCode == 0, output);
    }

    [Fact(Explicit = true)]
    public async Task Child_fills_the_disk()
    {
        using var store = new ContentStore(Path.Combine(Environment.GetEnvironmentVariable(Variable)!, "cache"));
        var folder = Directory.CreateDirectory(Path.Combine(root, "tree")).FullName;
        for (var i = 0; i < 64; i++)
        {
            var bytes = new byte[200_000];
            Random.Shared.NextBytes(bytes);
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{i}"), bytes, TestContext.Current.CancellationToken);
        }

        var problem = await Record.ExceptionAsync(() => store.PutTreeAsync(folder, move: false, TestContext.Current.CancellationToken));
        var failure = Failures.Of(problem!, CancellationToken.None);
        Assert.Equal(FailureKind.Environment, failure.Kind);
        Assert.Contains("No space left", failure.Message, StringComparison.Ordinal);
    }
}
