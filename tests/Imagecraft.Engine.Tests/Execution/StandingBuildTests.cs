// When a call may be answered from memory, and every way in which it may not.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Store;
using Imagecraft.Engine.Tests.Store;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class StandingBuildTests : IDisposable
{
    private readonly StoreFixture _store = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("imagecraft-standing-").FullName;
    private readonly Clock _clock = new();
    private string _boot = Guid.Empty.ToString();

    public StandingBuildTests()
    {
        Write("recipes/a.yaml", "recipe: a\n");
        Write("recipes/more/b.yaml", "recipe: b\n");
        Write("code/program.c", "int main;\n");
    }

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Nothing_is_to_do_when_nothing_changed()
    {
        await KeepAsync();
        var answer = Look().Answer;
        Assert.NotNull(answer);
        Assert.Equal(7, answer.Actions);
        Assert.Equal(["It is there"], answer.Lines);
    }

    [Theory]
    [InlineData("recipes/a.yaml")]
    [InlineData("recipes/more/b.yaml")]
    [InlineData("recipes/new.yaml")]
    [InlineData("imagecraft.lock")]
    [InlineData("out/file")]
    public async Task A_file_that_was_written_is_seen(string path)
    {
        await KeepAsync();
        Write(path, "other\n");
        Assert.Null(Look().Answer);
    }

    [Fact]
    public async Task A_change_that_keeps_size_and_time_is_seen()
    {
        await KeepAsync();
        var path = Path.Combine(_folder, "recipes/a.yaml");
        var time = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(path, "recipe: c\n");
        File.SetLastWriteTimeUtc(path, time);
        Assert.Null(Look().Answer);
    }

    [Theory]
    [InlineData("recipes/a.yaml")]
    [InlineData("out/file")]
    public async Task A_file_that_is_gone_is_seen(string path)
    {
        await KeepAsync();
        File.Delete(Path.Combine(_folder, path));
        Assert.Null(Look().Answer);
    }

    [Fact]
    public async Task A_local_input_outside_of_the_watched_folders_is_watched_from_the_second_call_on()
    {
        await KeepAsync("code");
        // It was not looked at before the first build, so nothing says that it did not change meanwhile.
        Assert.Null(Look().Answer);
        await KeepAsync("code");
        Assert.NotNull(Look().Answer);
        Write("code/program.c", "int mine;\n");
        Assert.Null(Look().Answer);
    }

    [Fact]
    public async Task Another_question_is_not_answered()
    {
        await KeepAsync();
        Assert.Null(Look("something else").Answer);
    }

    [Fact]
    public async Task An_emptied_cache_is_not_relied_on()
    {
        await KeepAsync();
        File.Delete(Path.Combine(_store.Cache, "identity"));
        Assert.Null(Look().Answer);
    }

    [Fact]
    public async Task A_cache_that_dropped_results_is_not_relied_on()
    {
        await KeepAsync();
        CacheIdentity.Renew(_store.Cache);
        Assert.Null(Look().Answer);
    }

    [Fact]
    public async Task What_the_cache_dropped_while_the_call_ran_is_not_said_to_be_done()
    {
        await KeepAsync(dropped: true);
        Assert.Null(Look().Answer);
    }

    [Fact]
    public async Task After_a_restart_of_the_machine_files_may_have_their_stat_and_not_their_content()
    {
        await KeepAsync();
        _boot = Guid.NewGuid().ToString();
        Assert.Null(Look().Answer);
    }

    [Fact]
    public async Task A_record_with_any_byte_flipped_counts_as_none()
    {
        await KeepAsync();
        var bytes = await File.ReadAllBytesAsync(RecordFile, TestContext.Current.CancellationToken);
        for (var i = 0; i < bytes.Length; i++)
        {
            var bad = (byte[])bytes.Clone();
            bad[i] ^= 1;
            await File.WriteAllBytesAsync(RecordFile, bad, TestContext.Current.CancellationToken);
            Assert.Null(Look().Answer);
        }
    }

    [Fact]
    public async Task After_some_hours_the_cache_sees_again_what_is_in_use()
    {
        await KeepAsync();
        _clock.Now += TimeSpan.FromHours(5);
        Assert.Null(Look().Answer);
    }

    [Fact]
    public async Task A_file_that_changed_just_before_may_change_again_unseen_so_nothing_is_kept()
    {
        _clock.Now = DateTimeOffset.UtcNow;
        await KeepAsync();
        Assert.Null(Look().Answer);
    }

    [Fact]
    public async Task A_link_to_a_folder_elsewhere_is_never_relied_on()
    {
        var elsewhere = Directory.CreateTempSubdirectory("imagecraft-elsewhere-").FullName;
        Directory.CreateSymbolicLink(Path.Combine(_folder, "recipes", "linked"), elsewhere);
        await KeepAsync();
        Assert.Null(Look().Answer);
        Directory.Delete(elsewhere);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(200)]
    public async Task A_torn_record_counts_as_none(int length)
    {
        await KeepAsync();
        var bytes = await File.ReadAllBytesAsync(RecordFile, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(RecordFile, bytes[..Math.Min(length, bytes.Length - 1)], TestContext.Current.CancellationToken);
        Assert.Null(Look().Answer);
    }

    private string RecordFile => Path.Combine(_folder, ".imagecraft/standing/record");

    private string Stamps => Path.Combine(_folder, ".imagecraft/exports");

    private StandingBuild Look(string words = "image") => StandingBuild.Look(new(RecordFile, words, _folder, ["imagecraft.lock", "recipes"], _store.Cache, _clock) { Boot = _boot });

    // As a build does: it looks, makes, exports, keeps.
    private Task KeepAsync(params string[] localInputs) => KeepAsync(dropped: false, localInputs);

    private async Task KeepAsync(bool dropped, params string[] localInputs)
    {
        var standing = Look();
        var digest = _store.Store.Put("made"u8);
        await new Exporter(_store.Store, Stamps).ExportAsync([new(digest, false, Path.Combine(_folder, "out/file"))], TestContext.Current.CancellationToken);
        var graph = ActionGraph.Create([
            new ActionNode
            {
                Id = new("it"),
                Work = new ActionWork.BuiltIn("nothing", ImmutableSortedDictionary<string, string>.Empty),
                Inputs = [.. localInputs.Select(p => new InputEdge("/x", new InputSource.Local(Path.Combine(_folder, p), []), "it is read"))],
                Outputs = [new("file", "file", OutputKind.File)],
            },
        ]);
        if (dropped)
            CacheIdentity.Renew(_store.Cache);
        standing.Keep(graph, new(7, [Stamps], ["It is there"]));
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    // An hour later than it is, so that the files of the test are old.
    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow.AddHours(1);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
