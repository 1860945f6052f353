using System.Globalization;
using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Locking;
using Imagecraft.Metadata.Tests;

namespace Imagecraft.Feeds.Tests;

public sealed class LockFileTests
{
    private static readonly LockedPackage Make = new("make", "4.4.1-2", "amd64", "trixie", 463104, new string('a', 64), "pool/main/m/make-dfsg/make_4.4.1-2_amd64.deb", "make-dfsg", "4.4.1-2");
    private static readonly LockedPackage Libc = new("libc6", "2.41-12", "amd64", "trixie", 2847704, new string('b', 64), "pool/main/g/glibc/libc6_2.41-12_amd64.deb", "glibc", "2.41-12");
    private static readonly LockedNupkg Onnx = new("microsoft.ml.onnxruntime", "1.31.1", 7, new string('c', 64));
    private static readonly LockFile Sample = new(
        [new LockedSet("toolroot/z", "amd64", "in1", [Make, Libc]), new LockedSet("toolroot/a", "amd64", "in2", [Libc])], [new LockedProject("recipe/infer", "in3", [Onnx])]);

    [Fact]
    public void A_lock_is_written_sorted_with_each_package_once()
    {
        var expected = $"""
            # Pins every package by hash. Written by `./build.sh lock`; commit it.
            imagecraft-lock 1
            deb libc6 2.41-12 amd64 trixie 2847704 {new string('b', 64)} pool/main/g/glibc/libc6_2.41-12_amd64.deb glibc 2.41-12
            deb make 4.4.1-2 amd64 trixie 463104 {new string('a', 64)} pool/main/m/make-dfsg/make_4.4.1-2_amd64.deb make-dfsg 4.4.1-2
            nupkg microsoft.ml.onnxruntime 1.31.1 7 {new string('c', 64)}
            set toolroot/a amd64 in2
            + libc6:amd64=2.41-12
            set toolroot/z amd64 in1
            + libc6:amd64=2.41-12
            + make:amd64=4.4.1-2
            project recipe/infer in3
            + microsoft.ml.onnxruntime=1.31.1

            """;

        Assert.Equal(expected, Sample.Write());
    }

    [Fact]
    public void What_was_written_is_read_back()
    {
        var read = LockFile.Parse(Sample.Write());

        Assert.Equal([Libc, Make], read.FindSet("toolroot/z", "amd64")!.Packages);
        Assert.Equal([Onnx], read.FindProject("recipe/infer")!.Packages);
        Assert.Equal("in2", read.FindSet("toolroot/a", "amd64")!.Inputs);
        Assert.Null(read.FindSet("toolroot/a", "arm64"));
        Assert.Equal(Sample.Write(), read.Write());
    }

    [Fact]
    public void Packages_of_one_name_and_version_from_two_feeds_stay_apart()
    {
        var vendors = Make with { Feed = "vendor", Sha256 = new string('d', 64), PoolPath = "make.deb" };
        var file = new LockFile([new LockedSet("recipe/a", "amd64", "in1", [vendors]), new LockedSet("toolroot/z", "amd64", "in2", [Make])], []);

        var text = file.Write();

        Assert.Contains("set recipe/a amd64 in1\n+ make:amd64=4.4.1-2/vendor\nset toolroot/z amd64 in2\n+ make:amd64=4.4.1-2\n", text, StringComparison.Ordinal);
        var read = LockFile.Parse(text);
        Assert.Equal([vendors], read.FindSet("recipe/a", "amd64")!.Packages);
        Assert.Equal([Make], read.FindSet("toolroot/z", "amd64")!.Packages);
        Assert.Equal(text, read.Write());
        var twice = text.Split('\n').First(line => line.StartsWith("deb make", StringComparison.Ordinal) && line.Contains(" vendor ", StringComparison.Ordinal));
        Assert.Contains("pins `make:amd64=4.4.1-2` twice", Assert.Throws<FeedException>(() => LockFile.Parse(text.Replace(twice, $"{twice}\n{twice}", StringComparison.Ordinal))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_replaces_the_one_of_its_name_and_architecture()
    {
        var changed = Sample.With(new LockedSet("toolroot/z", "amd64", "new", [Make])).With(new LockedSet("toolroot/z", "arm64", "other", [Libc]));

        Assert.Equal(("new", "other", 3), (changed.FindSet("toolroot/z", "amd64")!.Inputs, changed.FindSet("toolroot/z", "arm64")!.Inputs, changed.Sets.Length));
    }

    [Fact]
    public void The_committed_lock_has_each_package_of_a_release_in_one_version()
    {
        // `trixie`, `trixie-security` and `trixie-backports` are one release; tool roots of another one stand for themselves.
        var committed = LockFile.Parse(File.ReadAllText(Path.Combine(Repository.Root, LockFile.FileName)));
        var several = committed.Sets.SelectMany(set => set.Packages).GroupBy(package => (package.Name, package.Architecture, Release: package.Feed.Split('-')[0])).Where(versions => versions.Select(package => package.Version).Distinct().Count() > 1);
        Assert.Empty(several.Select(versions => versions.Key));
    }

    [Theory]
    [InlineData("<<<<<<< HEAD", "imagecraft.lock:3: The lock has the unknown line `<<<<<<< HEAD`")]
    [InlineData("set a amd64 x\n+ gone:amd64=1", "imagecraft.lock:4: The lock names `gone:amd64=1`, which no line above pins")]
    [InlineData("deb a 1 amd64 f x00 00 pool/a a 1", "imagecraft.lock:3: The lock has the malformed size `x00`")]
    [InlineData("deb a 1 amd64 f 1 00 pool/a a 1", "imagecraft.lock:3: The lock has the malformed SHA-256 `00`")]
    public void A_damaged_lock_names_the_line(string text, string expected)
    {
        var error = Assert.Throws<FeedException>(() => LockFile.Parse($"# comment\nimagecraft-lock 1\n{text}\n"));

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.True(error.UserError);
    }

    [Fact]
    public void A_lock_of_another_version_is_refused() =>
        Assert.Contains("was written by another version", Assert.Throws<FeedException>(() => LockFile.Parse("imagecraft-lock 9\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void An_empty_text_is_an_empty_lock() => Assert.Empty(LockFile.Parse("").Sets);

    [Fact]
    public void A_thousand_packages_are_read_back_unchanged()
    {
        var packages = Enumerable.Range(0, 1000).Select(i => Make with { Name = string.Create(CultureInfo.InvariantCulture, $"p{i}") });
        var text = LockFile.Empty.With(new LockedSet("s", "amd64", "i", [.. packages])).Write();

        Assert.Equal(text, LockFile.Parse(text).Write());
    }

    [Fact]
    public void A_changed_request_or_feed_makes_a_set_stale()
    {
        FeedSpec[] feeds = [new("trixie", "trixie", ["main"], [], null)];
        var request = new SetRequest("toolroot/z", "trixie", "amd64", ["make", "gcc"], []);
        var lockFile = LockFile.Empty.With(new LockedSet("toolroot/z", "amd64", request.Inputs(feeds), [Make]));

        Assert.Empty(Locker.Stale(lockFile, [request], feeds));
        Assert.Empty(Locker.Stale(lockFile, [request with { Packages = ["gcc", "make"] }], feeds));
        Assert.Single(Locker.Stale(lockFile, [request with { Packages = ["make"] }], feeds));
        Assert.Single(Locker.Stale(lockFile, [request with { Without = ["perl"] }], feeds));
        Assert.Single(Locker.Stale(lockFile, [request with { Architecture = "arm64" }], feeds));
        Assert.Single(Locker.Stale(lockFile, [request], [feeds[0] with { Components = ["main", "contrib"] }]));
    }
}
