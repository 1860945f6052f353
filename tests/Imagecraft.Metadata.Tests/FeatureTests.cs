// Features: what images get from them, and what does not fit together.

namespace Imagecraft.Metadata.Tests;

public class FeatureTests
{
    private static TestWorkspace Workspace(string image) => new TestWorkspace()
        .Recipe("tools", "packages: [ { name: sshd, files: [ \"/**\" ] }, { name: top, files: [ \"/**\" ] }, { name: own, files: [ \"/**\" ] } ]\n")
        .Add("images/features/a.config", "CONFIG_A=y\n")
        .Add("images/own.config", "CONFIG_OWN=y\n")
        .Add("images/features/ssh.yaml", "feature: ssh\nrequires: [ net ]\npackages: [ sshd ]\nusers: [ { name: sshd, id: 22 } ]\nfiles: [ { path: /etc/sshd, text: x } ]\n")
        .Add("images/features/net.yaml", "feature: net\nkernel-fragments: [ a.config ]\ncommand-line: net.ifnames=0\nservices: [ { name: dhcp, run: /sbin/dhcp } ]\nchecks: [ { name: address, run: ip } ]\n")
        .Add("images/features/readonly.yaml", "feature: readonly\nroot: erofs\ncommand-line: ro\nconflicts: [ containers ]\n")
        .Add("images/features/small.yaml", "feature: small\nroot: squashfs\n")
        .Add("images/features/containers.yaml", "feature: containers\ncontainers: [ box ]\n")
        .Add("images/box.yaml", "image: box\ninit: none\n")
        .Add("images/base.yaml", $"image: base\n{image}");

    [Fact]
    public void An_image_has_what_its_features_and_those_that_come_along_bring()
    {
        var image = Workspace("features: [ ssh, readonly ]\npackages: [ own, sshd ]\nkernel-fragments: [ own.config ]\ncommand-line: quiet\n").Good().Images["base"];
        Assert.Equal(["net", "ssh", "readonly"], image.Features.Select(f => f.Value));
        Assert.Equal(["sshd", "own"], image.Packages.Select(p => p.Value));
        Assert.Equal(["images/features/a.config", "images/own.config"], image.KernelFragments.Select(f => f.Value));
        Assert.Equal("net.ifnames=0 ro quiet", image.CommandLine!.Value);
        Assert.Equal("erofs", image.Root!.Value);
        Assert.Equal("dhcp", Assert.Single(image.Services).Name.Value);
        Assert.Equal("/etc/sshd", Assert.Single(image.Files).Path.Value);
    }

    [Fact]
    public void The_images_own_word_counts_more() =>
        Assert.Equal("ext4", Workspace("features: [ readonly, small ]\nroot: ext4\n").Good().Images["base"].Root!.Value);

    [Theory]
    [InlineData("features: [ ssh, ssh ]\n", "Feature `ssh` stands twice in image `base`", "remove one")]
    [InlineData("features: [ shh ]\n", "Unknown feature `shh`, which image `base` has", "Did you mean `ssh`?")]
    [InlineData("features: [ readonly, containers ]\n", "Image `base` has the features `readonly` and `containers`, which exclude each other", "`readonly` says so at images/features/readonly.yaml:4:14; remove one of the two")]
    [InlineData("features: [ readonly, small ]\n", "features with different words for `root`: `readonly` says `erofs`, `small` says `squashfs`", "Give the image a `root` of its own")]
    [InlineData("features: [ ssh ]\nfiles: [ { path: /etc/sshd, text: y } ]\n", "File `/etc/sshd` stands twice in image `base` with its features", "The other is at images/features/ssh.yaml")]
    [InlineData("features: [ net ]\nservices: [ { name: dhcp, run: /x } ]\n", "Service `dhcp` stands twice in image `base` with its features", "rename or remove one")]
    [InlineData("containers: [ base ]\n", "Image `base`, which image `base` carries, is no container", "Write `init: none` into it")]
    [InlineData("containers: [ boxx ]\n", "Unknown image `boxx`, which image `base` carries", "Did you mean `box`?")]
    [InlineData("init: sysvinit\n", "must be one of [ `busybox`, `systemd`, `none` ]", "images/base.yaml")]
    public void What_does_not_fit_together_is_told(string image, string message, string hint)
    {
        var text = Workspace(image).Bad();
        Assert.Contains(message, text, StringComparison.Ordinal);
        Assert.Contains(hint, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("packages: [ sshd ]", "packages: [ sshhd ]", "Unknown package `sshhd`, which feature `ssh` installs")]
    [InlineData("requires: [ net ]", "requires: [ nett ]", "Unknown feature `nett`, which feature `ssh` requires")]
    [InlineData("requires: [ net ]", "conflicts: [ nett ]", "Unknown feature `nett`, which feature `ssh` conflicts with")]
    public void Unknown_names_in_a_feature_are_told_once(string old, string replacement, string message) =>
        Assert.Single(Workspace("features: [ ssh ]\n").Replace("images/features/ssh.yaml", old, replacement).Bad().Split("error"), part => part.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void Features_that_require_each_other_come_along_once() =>
        Assert.Equal(["net", "ssh"], Workspace("features: [ ssh ]\n").Replace("images/features/net.yaml", "feature: net\n", "feature: net\nrequires: [ ssh ]\n").Good().Images["base"].Features.Select(f => f.Value));
}
