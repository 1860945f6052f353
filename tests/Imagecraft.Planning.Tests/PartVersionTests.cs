// The versions that this repository's parts say they have are those of their sources, and pairs that would not fit are refused.

using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Collections.Immutable;
using Imagecraft.Images.Manifests;
using Imagecraft.Metadata.Model;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Tests;

public class PartVersionTests
{
    private static readonly Workspace Workspace = Repository.Workspace;

    [Fact]
    public void The_driver_of_the_virtual_accelerator_has_the_interface_of_its_header()
    {
        var header = Repository.Text("recipes/vnpu-driver/vnpu_accel.h");
        Assert.Equal($"{Number(header, "VNPU_UAPI_MAJOR")}.{Number(header, "VNPU_UAPI_MINOR")}", Package("vnpu-driver").Interfaces["vnpu-uapi"].Value);
    }

    [Fact]
    public void The_firmware_of_the_virtual_accelerator_has_the_version_of_its_blob()
    {
        var version = BinaryPrimitives.ReadUInt32LittleEndian(File.ReadAllBytes(Path.Combine(Repository.Root, "recipes/vnpu-firmware/vnpu-1.bin")).AsSpan(12));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{version >> 16}.{version & 0xffff}"), Workspace.Recipes["vnpu-firmware"].Version.Value);
    }

    [Fact]
    public void The_runtime_has_the_interface_of_the_library_that_it_is_locked_to() =>
        Assert.Matches($"\"Microsoft.ML.OnnxRuntime\": \\{{\\s+\"type\": \"Direct\",[^}}]*\"resolved\": \"{Regex.Escape(Package("imagecraft-infer").Interfaces["onnx-runtime"].Value)}\"", Repository.Text("runtime/Imagecraft.Infer/packages.lock.json"));

    [Fact]
    public void The_provider_is_made_for_the_library_whose_tables_it_has()
    {
        var api = Number(Repository.Text("runtime/Imagecraft.Vnpu.Provider/Ort/Slots.cs"), "ApiVersion =").TrimEnd(';');
        Assert.Equal($">=1.{api}", Package("vnpu-provider").Fits["onnx-runtime"].Value.Text);
    }

    [Theory]
    [InlineData("vnpu-provider", "vnpu-uapi", "vnpu-driver")]
    [InlineData("vnpu-provider", "vnpu-profile", "vnpu")]
    [InlineData("vnpu-provider", "onnx-runtime", "imagecraft-infer")]
    [InlineData("vnpu-driver", "vnpu-firmware", "vnpu-firmware")]
    [InlineData("vnpu-driver", "linux", "linux")]
    [InlineData("vnpu-tools", "vnpu-uapi", "vnpu-driver")]
    public void The_image_of_the_virtual_accelerator_holds_each_pair_of_its_parts(string part, string wanted, string other) =>
        Assert.Contains(Fits("qemu-arm64", "edge-ml"), fit => (fit.Part, fit.Interface, fit.Other) == (part, wanted, other));

    [Fact]
    public void Firmware_of_real_accelerators_is_held_against_their_drivers() =>
        Assert.Contains(Fits("generic-x86_64-efi", null), fit => (fit.Part, fit.Interface, fit.Other) == ("ivpu", "ivpu-boot-api", "firmware-ivpu"));

    [Fact]
    public void A_user_space_that_has_no_driver_for_the_board_is_refused()
    {
        // The one of Debian's release, which drives the NPU of the i.MX 8M Plus alone.
        var teflon = Package("libdrm-etnaviv") with { Interfaces = ImmutableSortedDictionary<string, Sited<string>>.Empty.Add("teflon", new("25.0.7", new("recipes/teflon.yaml", 1, 1, 1))) };
        var recipe = Workspace.Recipes.Values.Single(r => r.Packages.Any(p => p.Name.Value == "libdrm-etnaviv"));
        var changed = Workspace with { Recipes = Workspace.Recipes.SetItem(recipe.Name, recipe with { Packages = [.. recipe.Packages.Select(p => p.Name.Value == "libdrm-etnaviv" ? teflon : p)] }) };
        Assert.Equal([], Refusals(changed, "imx8mp-evk"));
        var withUserSpace = changed with { Boards = changed.Boards.SetItem("rock-5b", changed.Boards["rock-5b"] with { Packages = [.. changed.Boards["rock-5b"].Packages, teflon.Name] }) };
        Assert.Equal([$"`rocket` is made for `teflon` >=25.3, and `libdrm-etnaviv` {recipe.Version} has 25.0.7"], Refusals(withUserSpace, "rock-5b"));
    }

    private static IEnumerable<string> Refusals(Workspace workspace, string board) =>
        Repository.Plan(workspace, board).Diagnostics.Where(d => d.Code == "IC0390").Select(d => d.Message);

    private static ImmutableArray<ManifestFit> Fits(string board, string? image)
    {
        var plan = Repository.Plan(Workspace, board, image);
        Assert.Equal([], plan.Diagnostics);
        return plan.Request<MakeManifestRequest>($"{plan.Image.Name}@{board}:manifest").Manifest.Fits;
    }

    private static PackageSpec Package(string name) => Workspace.Recipes.Values.SelectMany(r => r.Packages).Single(p => p.Name.Value == name);

    private static string Number(string text, string name) => text.Split('\n').Single(line => line.Contains($" {name} ", StringComparison.Ordinal)).Split(' ')[^1];
}
