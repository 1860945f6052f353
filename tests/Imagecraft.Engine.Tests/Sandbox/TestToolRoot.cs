// The one place from which sandbox tests take real tool roots. Unaware of feeds.

namespace Imagecraft.Engine.Tests.Sandbox;

/// <summary>Two unpacked tool roots of the host's architecture.</summary>
/// <param name="Bubblewrap">Has <c>usr/bin/bwrap</c> and what it loads.</param>
/// <param name="Tools">Has bash, coreutils and make, and what they load.</param>
public sealed record ToolRoots(string Bubblewrap, string Tools);

/// <summary>Gives the roots; a machine without them fails the tests, it does not skip them.</summary>
public static class TestToolRoot
{
    const string Variable = "IMAGECRAFT_TEST_TOOLROOT";

    /// <summary>Where the roots come from: by default the folders <c>sandbox</c> and <c>tools</c> below <c>$IMAGECRAFT_TEST_TOOLROOT</c>.</summary>
    public static Func<Task<ToolRoots>> GetAsync { get; set; } = () =>
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        Assert.False(string.IsNullOrEmpty(folder), $"Sandbox tests need tool roots: set `{Variable}` to a folder with the unpacked roots `sandbox` and `tools`; `./build.sh test` does so");
        return Task.FromResult(new ToolRoots(Path.Combine(folder, "sandbox"), Path.Combine(folder, "tools")));
    };
}
