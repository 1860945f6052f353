// Whatever a verb throws becomes words and an exit code.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Store;
using Imagecraft.Feeds;

namespace Imagecraft.Cli.Tests;

public sealed class DispatcherTests
{
    public static TheoryData<Exception, int> Known { get; } = new()
    {
        { ProblemException.User("Wrong"), 3 },
        { ProblemException.Environment("Missing"), 2 },
        { new FeedException("The hash is wrong", userError: true), 3 },
        { new FeedException("The mirror is gone", userError: false), 2 },
        { new GraphException("Actions depend on each other"), 3 },
        { new DiskFullException("No space"), 2 },
        { new IOException("No space left on device", 28), 2 },
        { new UnauthorizedAccessException("Access to the path is denied."), 2 },
        { new FileNotFoundException("Could not find file."), 3 },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public async Task A_known_failure_is_told_without_a_stack_trace(Exception exception, int code)
    {
        var (actual, console) = await RunAsync(exception);

        Assert.Equal(code, actual);
        Assert.StartsWith($"error: {exception.Message.TrimEnd('.')}\n", console.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", console.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anything_else_is_a_bug_with_a_stack_trace_and_exit_code_1()
    {
        var (code, console) = await RunAsync(new InvalidOperationException("Broken"));

        Assert.Equal(1, code);
        Assert.StartsWith("error: This is a bug of Imagecraft: Broken\n", console.ErrorText, StringComparison.Ordinal);
        Assert.Contains("   at ", console.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verb_that_was_interrupted_gives_exit_code_130()
    {
        var (code, console) = await RunAsync(new OperationCanceledException(), session => session.Interrupts.Arrive());

        Assert.Equal(130, code);
        Assert.Equal("Stopped\n", console.ErrorText);
    }

    [Fact]
    public void The_first_interrupt_asks_and_the_second_kills()
    {
        using var interrupts = new Interrupts();

        interrupts.Arrive();
        Assert.Equal((true, false), (interrupts.Gentle.IsCancellationRequested, interrupts.Hard.IsCancellationRequested));
        interrupts.Arrive();
        Assert.True(interrupts.Hard.IsCancellationRequested);
    }

    [Fact]
    public void The_cache_is_the_variable_or_lies_in_the_users_cache_folder()
    {
        Assert.Equal("/own", With(("IMAGECRAFT_CACHE", "/own"), ("HOME", "/home/me")).CacheRoot);
        Assert.Equal("/caches/imagecraft", With(("XDG_CACHE_HOME", "/caches"), ("HOME", "/home/me")).CacheRoot);
        Assert.Equal("/home/me/.cache/imagecraft", With(("HOME", "/home/me")).CacheRoot);
        Assert.Contains("IMAGECRAFT_CACHE", Assert.Throws<ProblemException>(() => With().CacheRoot).Hint, StringComparison.Ordinal);
    }

    private static Session With(params (string Name, string Value)[] variables) =>
        new(new TextConsole(), "/workspace", name => variables.FirstOrDefault(v => v.Name == name).Value);

    private static async Task<(int Code, TextConsole Console)> RunAsync(Exception exception, Action<Session>? before = null)
    {
        var console = new TextConsole();
        var session = new Session(console, "/workspace", _ => null);
        var verb = new Verb("fail", "Fails", (command, s) => command.SetAction((_, _) =>
        {
            before?.Invoke(s);
            return Task.FromException<int>(exception);
        }));
        return (await Dispatcher.RunAsync([verb], ["fail"], session), console);
    }
}
