// Files that are as they were again.

using Imagecraft.Cli.Updating;

namespace Imagecraft.Cli.Tests.Updating;

public sealed class PutBackTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("imagecraft-put-back-").FullName;

    public PutBackTests() => File.WriteAllText(File1, "before");

    private string File1 => Path.Combine(_root, "one.yaml");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void What_was_written_twice_is_as_it_was_at_first()
    {
        using (var files = new PutBack(_root))
        {
            files.Write([new("one.yaml", "first")]);
            files.Write([new("one.yaml", "second")]);
            Assert.Equal("second", File.ReadAllText(File1));
        }

        Assert.Equal("before", File.ReadAllText(File1));
        Assert.Equal(["one.yaml"], Directory.GetFiles(_root).Select(Path.GetFileName));
    }

    [Fact]
    public void What_is_to_stay_stays()
    {
        using (var files = new PutBack(_root))
        {
            files.Write([new("one.yaml", "after")]);
            files.Keep();
        }

        Assert.Equal("after", File.ReadAllText(File1));
    }

    [Fact]
    public void What_somebody_else_changed_meanwhile_is_not_written_over()
    {
        var files = new PutBack(_root);
        files.Write([new("one.yaml", "after")]);
        File.WriteAllText(File1, "by hand");
        files.Dispose();

        Assert.Equal("by hand", File.ReadAllText(File1));
        Assert.Equal(["one.yaml"], files.Foreign);
    }
}
