// Boards whose first stages come from source and from files of their vendors: what their ROMs find on the disk.

using System.Text;
using System.Text.RegularExpressions;

namespace Imagecraft.EndToEnd.Tests;

public sealed partial class VendorBoardTests : IDisposable
{
    // A placeholder stands for each file that only a user can supply: it is carried along, and nothing here runs it. It begins with an instruction (`b .+4`).
    private const string Placeholder = "\u0001\0\0\u0014stands for memory training\n";

    // Bytes that its recipe expects of code and of data.
    private const int CodeSize = 20000, DataSize = 1000;

    private readonly RepositoryWorkspace _workspace = new();

    // Source of the signatures: mkimage of U-Boot, tools/imx8mimage.c (header of an image vector table, version 4.1) and tools/rkcommon.c.
    [Fact]
    [Trait("Matrix", "wide")]
    public Task The_disk_of_an_imx8mp_has_the_boot_image_where_the_ROM_reads_it_and_the_users_files_in_it() => HoldsAsync(
        "imx8mp-evk", "imx8mp-evk.dtb", [0xd1, 0x00, 0x20, 0x41], "imx8mp/lpddr4_pmu_train_1d_dmem_202006.bin", "imx8mp/lpddr4_pmu_train_1d_imem_202006.bin", "imx8mp/lpddr4_pmu_train_2d_dmem_202006.bin", "imx8mp/lpddr4_pmu_train_2d_imem_202006.bin");

    [Fact]
    [Trait("Matrix", "wide")]
    public Task The_disk_of_a_rock_5b_has_the_boot_image_where_the_ROM_reads_it_and_the_users_files_in_it() =>
        HoldsAsync("rock-5b", "rk3588-rock-5b.dtb", [(byte)'R', (byte)'K', (byte)'N', (byte)'S'], "rk3588/rk3588_ddr_lp4_2112MHz_lp5_2400MHz_v1.18.bin");

    private async Task HoldsAsync(string board, string deviceTree, byte[] signature, params string[] supplied)
    {
        _workspace.Write($"layers/mine/boards/{board}.yaml", WithTheKernelOfTheTests(File.ReadAllText(Path.Combine(RepositoryWorkspace.Repository, "boards", board, $"{board}.yaml"))));
        var missing = await _workspace.RunAsync("image", "--board", board, "--image", "edge-ml", "--locked");
        Assert.Equal(3, missing.ExitCode);
        Assert.All(supplied, file => Assert.Contains($"needs the file `supplied/{file}`, which only you can supply", missing.StandardError, StringComparison.Ordinal));

        foreach (var file in supplied)
            _workspace.Write($"supplied/{file}", Placeholder.PadRight(file.Contains("dmem", StringComparison.Ordinal) ? DataSize : CodeSize, '.'));
        // No placeholder has the hash of the real one.
        const string training = "recipes/rk3588-ddr-firmware/rk3588-ddr-firmware.yaml";
        _workspace.Write($"layers/mine/{training}", string.Join('\n', File.ReadAllLines(Path.Combine(RepositoryWorkspace.Repository, training)).Where(line => !line.TrimStart().StartsWith("sha256:", StringComparison.Ordinal))) + "\n");
        var result = await _workspace.RunAsync("image", "--board", board, "--image", "edge-ml", "--locked");

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        var folder = Path.Combine(_workspace.Root, "out", board, "edge-ml");
        using var disk = File.OpenRead(Path.Combine(folder, "disk.img"));
        disk.Position = 32 << 10;
        var boot = new byte[8 << 20];
        disk.ReadExactly(boot);
        Assert.Equal(signature, boot[..4]);
        Assert.True(boot.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Placeholder)) >= 0, "The supplied file is not in the boot image");
        Assert.True(boot.AsSpan().IndexOf("U-Boot SPL 2025.01"u8) >= 0, "U-Boot's first stage is not in the boot image");
        Assert.Contains("u-boot.itb: bytes ", await File.ReadAllTextAsync(Path.Combine(folder, "boot-chain.txt"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal([0xd0, 0x0d, 0xfe, 0xed], (await File.ReadAllBytesAsync(Path.Combine(folder, deviceTree), TestContext.Current.CancellationToken))[..4]);
    }

    // The board as it is, but for what decides on kernel and user land: those have been built already.
    private static string WithTheKernelOfTheTests(string board) =>
        KernelKeys().Replace(board, "") + """
            cpu-flags: [ -mcpu=cortex-a57 ]
            kernel: linux
            kernel-fragments: [ ../../../boards/platforms/virt-arm.config ]
            accelerators: [ etnaviv, qaic, rocket, hello ]

            """;

    public void Dispose() => _workspace.Dispose();

    // What the kernel must drive goes with it.
    [GeneratedRegex(@"^((cpu-flags|kernel|kernel-fragments|accelerators):.*\n|lint:\n(  .*\n)+)", RegexOptions.Multiline)]
    private static partial Regex KernelKeys();
}
