// The list of an image's files that comes out beside its root file system.

using Imagecraft.BuiltIns.Imaging;
using Imagecraft.Images.Manifests;

namespace Imagecraft.BuiltIns.Tests;

public sealed class FileListTests
{
    [Fact]
    public async Task Every_file_is_listed_with_the_package_that_brought_it()
    {
        var plan = RootFsSample.Plan with { Packages = [new("tool", [new("/usr/bin/tool", "4750", null, "ml")])], Files = [new("/etc/motd", "Welcome\n", null, null)] };
        using var context = await RootFsSample.Of(plan).RunAsync(new MakeRootFs());
        using var reader = new StreamReader(context.Store.OpenRead(context.Outputs["files"].Digest));
        var files = FileListJson.Read(await reader.ReadToEndAsync(Xunit.TestContext.Current.CancellationToken)).ToDictionary(file => file.Path);
        var tool = files["/usr/bin/tool"];
        Assert.Equal(("file", "tool", "4750", "0:1000", 7L), (tool.Kind, tool.Package, tool.Mode, tool.Owner, tool.Size));
        Assert.Equal(("link", "usr/bin", null), (files["/bin"].Kind, files["/bin"].Target, files["/bin"].Sha256));
        Assert.Equal(("image", 8L), (files["/etc/motd"].Package, files["/etc/motd"].Size));
        Assert.Equal(RootFsSample.Read(context).Count, files.Count);
    }
}
