// Parts of an image that say which versions of the others they are made for: pairs that do not fit are refused while planning.

using System.Text.Json;
using Imagecraft.Images.Manifests;
using Imagecraft.Metadata.Model;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Tests;

public class FitTests
{
    private static (string, string) Part(string name, string version, string more) =>
        ($"recipes/{name}.yaml", TestPlans.Recipe(name, version, "system: make", name, $"/usr/lib/{name}/**").Replace($"- {{ name: {name}, ", $"- {{ name: {name}, {more}, ", StringComparison.Ordinal));

    private static (string, string) Accelerator(string more) => ("boards/old.yaml", TestPlans.Text("boards/old.yaml") + more + "\n");

    private const string Brings = "packages: [ driver, firmware ]\n";

    private static ImageBuild Plan(params (string, string)[] parts) => TestPlans.Plan(parts);

    private static Diagnostic Refused(params (string, string)[] parts)
    {
        var plan = Plan(parts);
        Assert.Null(plan.Graph);
        return Assert.Single(plan.Diagnostics, d => d.Code == "IC0390");
    }

    [Fact]
    public void Parts_that_fit_stand_in_the_manifest()
    {
        var plan = Plan(
            Part("driver", "2.1", "interfaces: { npu-uapi: \"1.3\" }, fits: { firmware: \">=4 <5\", linux: \">=6.12\" }"),
            Part("firmware", "4.2", "fits: { npu-uapi: \">=1.2 <2\" }"),
            Accelerator(Brings + "interfaces: { npu-profile: \"1\" }\nfits: { npu-uapi: \"=1.3\" }"));
        Assert.Equal([], plan.Diagnostics);
        Assert.Equal(
            [
                new ManifestFit("driver", "firmware", ">=4 <5", "firmware", "4.2"),
                new ManifestFit("driver", "linux", ">=6.12", "linux", "6.12.1"),
                new ManifestFit("firmware", "npu-uapi", ">=1.2 <2", "driver", "1.3"),
                new ManifestFit("old", "npu-uapi", "=1.3", "driver", "1.3"),
            ],
            plan.Request<MakeManifestRequest>("base@virt:manifest").Manifest.Fits);
        using var text = JsonDocument.Parse(ManifestJson.Write(plan.Request<MakeManifestRequest>("base@virt:manifest").Manifest));
        Assert.Equal("6.12.1", text.RootElement.GetProperty("fits")[1].GetProperty("version").GetString());
    }

    [Fact]
    public void A_firmware_of_another_version_is_refused_with_both_named()
    {
        var refused = Refused(Part("driver", "2.1", "fits: { firmware: \">=4 <5\" }"), Part("firmware", "5.0", "interfaces: { npu-boot: \"1\" }"), Accelerator(Brings));
        Assert.Equal("`driver` 2.1 is made for `firmware` >=4 <5, and the image has 5.0", refused.Message);
        Assert.Equal("Take a `firmware` whose version is >=4 <5, or a `driver` that is made for 5.0", refused.Hint);
        Assert.Equal("recipes/driver.yaml", refused.Span!.File);
    }

    [Fact]
    public void An_interface_of_another_version_is_refused_with_who_has_it()
    {
        var refused = Refused(Part("driver", "2.1", "interfaces: { npu-uapi: \"1.1\" }"), Part("firmware", "5.0", "fits: { npu-uapi: \">=1.2 <2\" }"), Accelerator(Brings));
        Assert.Equal("`firmware` 5.0 is made for `npu-uapi` >=1.2 <2, and `driver` 2.1 has 1.1", refused.Message);
        Assert.Equal("Take a `driver` whose `npu-uapi` is >=1.2 <2, or a `firmware` that is made for 1.1", refused.Hint);
    }

    [Fact]
    public void A_kernel_that_a_driver_is_not_made_for_is_refused()
    {
        var refused = Refused(Part("driver", "2.1", "fits: { linux: \">=6.18\" }"), Part("firmware", "5.0", "requires: []"), Accelerator(Brings));
        Assert.Equal("`driver` 2.1 is made for `linux` >=6.18, and the image has 6.12.1", refused.Message);
    }

    [Fact]
    public void A_profile_that_a_user_space_is_not_made_for_is_refused() =>
        Assert.Equal("`firmware` 5.0 is made for `npu-profile` =2, and `old` has 1", Refused(Part("driver", "2.1", "requires: []"), Part("firmware", "5.0", "fits: { npu-profile: \"=2\" }"), Accelerator(Brings + "interfaces: { npu-profile: \"1\" }")).Message);

    [Fact]
    public void An_accelerator_that_the_kernel_has_no_driver_for_does_not_count()
    {
        var plan = Plan(
            Part("driver", "2.1", "fits: { npu-profile: \"=2\" }"),
            Part("firmware", "5.0", "requires: []"),
            Accelerator(Brings),
            ("boards/new.yaml", TestPlans.Text("boards/new.yaml") + "interfaces: { npu-profile: \"1\" }\n"));
        Assert.Equal([], plan.Diagnostics);
    }

    [Fact]
    public void What_nobody_has_is_asked_of_nobody() =>
        Assert.Equal([], Plan(Part("driver", "2.1", "fits: { user-space: \">=25.3\" }"), Part("firmware", "5.0", "requires: []"), Accelerator(Brings)).Diagnostics);

    [Theory]
    [InlineData("1:2.3-4+deb13u1")]
    [InlineData("2.3~rc1")]
    [InlineData("v2.3")]
    [InlineData("20260101123456")]
    public void A_version_that_cannot_be_compared_is_told_until_the_package_says_which_it_is(string version)
    {
        var (driver, accelerator) = (Part("driver", "2.1", "fits: { firmware: \">=2.3 <3\" }"), Accelerator(Brings));
        var plan = Plan(driver, Part("firmware", version, "requires: []"), accelerator);
        var told = Assert.Single(plan.Diagnostics, d => d.Severity == Severity.Error);
        Assert.Equal(("IC0391", $"`driver` 2.1 is made for `firmware` >=2.3 <3, and the version of `firmware` {version} is none of numbers and dots", "Say in `firmware` which of them it is: `interfaces: { firmware: \"1.2\" }`"), (told.Code, told.Message, told.Hint));
        Assert.Equal([], Plan(driver, Part("firmware", version, "interfaces: { firmware: \"2.3.1\" }"), accelerator).Diagnostics);
        Assert.Single(Plan(driver, Part("firmware", version, "interfaces: { firmware: \"3\" }"), accelerator).Diagnostics, d => d.Code == "IC0390");
    }

    [Fact]
    public void A_network_that_was_made_for_another_profile_is_refused()
    {
        var refused = Refused(
            Accelerator("interfaces: { npu-profile: \"1\" }"),
            ("models/net.yaml", $"model: net\nversion: \"3\"\nlicense: MIT\nfits: {{ npu-profile: \">=2\" }}\nsource: {{ url: https://example.org/net.onnx, sha256: {new string('a', 64)} }}\n"),
            ("images/base.yaml", TestPlans.Text("images/base.yaml") + "models: [ net ]\n"));
        Assert.Equal("`net` 3 is made for `npu-profile` >=2, and `old` has 1", refused.Message);
    }
}
