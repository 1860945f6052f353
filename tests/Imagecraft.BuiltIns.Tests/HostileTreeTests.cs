// Trees whose links and names lead to files of the host: no built-in function may read one.

using Imagecraft.BuiltIns.Configuration;
using Imagecraft.BuiltIns.Datasets;
using Imagecraft.BuiltIns.Imaging;
using Imagecraft.BuiltIns.Models;
using Imagecraft.BuiltIns.Packages;
using Imagecraft.Engine.Store;
using Imagecraft.Images.Disks;
using Imagecraft.Requests.Configuration;
using Imagecraft.Requests.Datasets;
using Imagecraft.Requests.Imaging;
using Imagecraft.Requests.Models;
using Imagecraft.Requests.Packages;

namespace Imagecraft.BuiltIns.Tests;

public class HostileTreeTests
{
    private static byte[] Images { get; } = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 9, 0, 0, 9];

    private static byte[] Labels { get; } = [0, 0, 8, 1, 0, 0, 0, 2, 0, 1];

    private static byte[] Picture { get; } = [.. "P5 2 1 255\n"u8, 9, 0];

    [Fact]
    public async Task Labels_that_are_a_link_to_the_host_are_absent()
    {
        using var context = Pixels();
        var secret = context.HostFile(Labels);
        context.WithLinks("/package", [("/labels", secret)], ("/images", Images));
        Assert.Equal("The package of the dataset `pixels` has no file `/labels`; correct `test.labels`", await context.FailureAsync(new DatasetIdx()));
    }

    [Fact]
    public async Task A_path_that_climbs_out_of_the_package_stays_in_it()
    {
        using var context = new TestContext();
        var secret = context.HostFile(Labels);
        var climb = string.Concat(Enumerable.Repeat("../", 20)) + secret.TrimStart('/');
        context.Asking(DatasetTests.Pixels("/images", climb)).WithBytes("/package", ("/images", Images));
        Assert.StartsWith("The package of the dataset `pixels` has no file", await context.FailureAsync(new DatasetIdx()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_within_a_package_are_followed_absolute_ones_from_its_root()
    {
        using var context = Pixels();
        context.WithLinks("/package", [("/images", "/data/current/images"), ("/data/current", "../../../../data/v1"), ("/labels", "data/v1/labels")], ("/data/v1/images", Images), ("/data/v1/labels", Labels));
        await context.RunAsync(new DatasetIdx());
        Assert.Equal(["/test/images.idx", "/test/labels.idx"], context.Paths("tree"));
        Assert.Equal(Images, context.Store.Read(TreeWalk.Find(context.Store, context.Outputs["tree"].Digest, "test/images.idx")!.Digest));
    }

    [Fact]
    public async Task Speech_that_is_a_link_to_the_host_is_absent()
    {
        var plan = new DatasetAudioRequest([new("test", "a", "word.wav", "pink", 1, 10, 0.5)]);
        using var context = new TestContext().Asking(plan);
        context.WithLinks("/speech", [("/word.wav", context.HostFile("RIFF"u8.ToArray()))]);
        Assert.Equal("The sound `word.wav` does not exist", await context.FailureAsync(new DatasetAudio()));
    }

    [Fact]
    public async Task A_drawn_line_that_is_a_link_to_the_host_is_absent()
    {
        var plan = new DatasetTextRequest([new("lines", ["a.pgm"], 1, null)]);
        using var context = new TestContext().Asking(plan);
        context.WithLinks("/lines", [("/a.pgm", context.HostFile(Picture))]);
        Assert.Equal("The image `a.pgm` does not exist", await context.FailureAsync(new DatasetText()));
    }

    [Theory]
    [InlineData("/test/labels.tsv", "The split `test` of the dataset `pixels` has neither `images.idx` nor `labels.tsv`")]
    [InlineData("/test/images.idx", "The split `test` of the dataset `pixels` has neither `images.idx` nor `labels.tsv`")]
    [InlineData("/test", "The dataset `pixels` has no split `test`, it has []")]
    public async Task A_dataset_that_links_to_the_host_has_not_what_it_links_to(string link, string message)
    {
        using var context = Judged();
        var secret = context.HostFile([.. "a.pgm\t0\n"u8]);
        context.WithLinks("/dataset", [(link, link == "/test" ? Path.GetDirectoryName(secret)! : secret)], link == "/test" ? [] : [("/test/a.pgm", Picture)]);
        Assert.Equal(message, await context.FailureAsync(new OnnxEvaluate()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_list_that_names_a_file_of_the_host_names_nothing(bool absolute)
    {
        using var context = Judged();
        var secret = context.HostFile(Picture);
        var name = absolute ? secret : string.Concat(Enumerable.Repeat("../", 30)) + secret.TrimStart('/');
        context.WithBytes("/dataset", ("/test/labels.tsv", System.Text.Encoding.UTF8.GetBytes($"{name}\t0\n")));
        Assert.Equal($"The image `test/{name}` does not exist", await context.FailureAsync(new OnnxEvaluate()));
    }

    [Fact]
    public async Task Links_that_lead_in_a_circle_are_told()
    {
        using var context = Judged().WithLinks("/dataset", [("/test/labels.tsv", "again"), ("/test/again", "labels.tsv")]);
        var problem = await Assert.ThrowsAsync<StoreException>(() => context.RunAsync(new OnnxEvaluate()));
        Assert.Contains("lies behind symbolic links that lead in a circle", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Kconfig_file_that_is_a_link_to_the_host_explains_nothing()
    {
        using var context = new TestContext().Asking(new CheckConfigRequest { Architecture = "arm64", Subfolder = "", Cross = "" }).WithText("/config", "").WithText("/contract", "SECRET\ty\tx.config:1\n");
        var secret = context.HostFile([.. "config SECRET\n\tbool\n\tdepends on TOKEN_OF_THE_HOST\n"u8]);
        context.WithLinks("/src", [("/Kconfig", secret)]);
        Assert.DoesNotContain("TOKEN_OF_THE_HOST", await context.FailureAsync(new CheckConfig()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_gets_a_link_of_a_package_and_never_what_it_leads_to_on_the_host()
    {
        using var context = new TestContext();
        var secret = context.HostFile("token"u8.ToArray());
        context.WithLinks("/install", [("/etc/leak", secret)], ("/etc/real", "x"u8.ToArray())).Asking(new SplitPackagesRequest([new("p", ["/**"], [], [])]));
        await context.RunAsync(new SplitPackages());
        var entry = TreeWalk.Find(context.Store, context.Outputs["p"].Digest, "etc/leak")!;
        Assert.Equal((TreeEntryKind.Symlink, secret), (entry.Kind, entry.Target));
    }

    [Fact]
    public async Task A_disk_takes_no_file_of_a_package_that_is_a_link_to_the_host()
    {
        var plan = new Disk("disk", PartitionTable.Gpt, [new("spl", PartitionType.Parse("linux"), new("package/loader", "/spl.bin"), 1 << 20)], []);
        using var context = new TestContext().Asking(new MakeDiskRequest(plan));
        context.WithLinks("/content/package/loader", [("/spl.bin", context.HostFile("token"u8.ToArray()))]);
        Assert.Contains("is to hold `/spl.bin`, which `package/loader` does not have", await context.FailureAsync(new MakeDisk()), StringComparison.Ordinal);
    }

    private static TestContext Pixels() => new TestContext().Asking(DatasetTests.Pixels("/images", "/labels"));

    private static TestContext Judged()
    {
        var plan = new OnnxEvaluateRequest(new() { Name = "net", Preprocess = new() }, new("pixels", "test", "top-1") { Min = 0, MaxDrop = 1 });
        return new TestContext().Asking(plan)
            .WithFile("/original.onnx", DatasetTests.Network(0, 1)).WithFile("/model.onnx", DatasetTests.Network(0, 1));
    }
}
