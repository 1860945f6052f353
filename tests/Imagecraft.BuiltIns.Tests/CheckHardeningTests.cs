// Which programs of an image are refused, and which are only reported.

using Imagecraft.BuiltIns.Imaging;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Tests;

public class CheckHardeningTests
{
    // A static x86-64 program that lies where it was linked for; of nothing else it could lack anything.
    private static readonly string Fixed = new string([.. "\u007fELF\u0002\u0001\u0001".PadRight(16, '\0'), '\u0002', '\0', '\u003e', '\0', .. new string('\0', 12), '\u0040', .. new string('\0', 21), '\u0038', '\0', '\0', '\0', .. new string('\0', 6)]);

    private static CheckHardeningRequest Request(bool isCompiledHere, params string[] without) => new("edge", 62, HasJumpGuard: false, [new("tool", "tools", isCompiledHere, [.. without])]);

    [Fact]
    public async Task What_was_compiled_here_is_refused_with_the_remedy()
    {
        using var context = new TestContext().WithTree("/package/tool", ("/usr/bin/soft", Fixed), ("/usr/share/text", "no program")).Asking(Request(isCompiledHere: true));
        var failure = await context.FailureAsync(new CheckHardening());
        Assert.StartsWith("1 programs and libraries of the image `edge` are not hardened:\n  /usr/bin/soft of `tool` lacks [pie]\n", failure, StringComparison.Ordinal);
        Assert.Contains("say in the recipes [tools] what they cannot take and why", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_its_recipe_goes_without_is_reported()
    {
        using var context = await new TestContext().WithTree("/package/tool", ("/usr/bin/soft", Fixed)).Asking(Request(isCompiledHere: true, "pie")).RunAsync(new CheckHardening());
        Assert.Equal("/usr/bin/soft (tools): lacks [pie]\n", context.Text("file"));
    }

    [Fact]
    public async Task What_is_ready_is_reported()
    {
        using var context = await new TestContext().WithTree("/package/tool", ("/usr/bin/soft", Fixed)).Asking(Request(isCompiledHere: false)).RunAsync(new CheckHardening());
        Assert.Equal("/usr/bin/soft (tools, ready): lacks [pie]\n", context.Text("file"));
    }

    [Fact]
    public async Task Firmware_and_programs_of_other_processors_are_left_alone()
    {
        using var context = await new TestContext()
            .WithTree("/package/tool", ("/usr/lib/firmware/dsp.elf", Fixed), ("/boot/loader", Fixed), ("/usr/bin/other", Fixed.Replace('\u003e', '\u0028')))
            .Asking(Request(isCompiledHere: true)).RunAsync(new CheckHardening());
        Assert.Equal("", context.Text("file"));
    }
}
