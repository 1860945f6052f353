// The scripts and descriptions of an SDK, made for its board. Unaware of archives.

using Imagecraft.Cli.Publishing;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Systems;

namespace Imagecraft.Cli.Development;

/// <summary>Texts with words of a board in them.</summary>
/// <param name="board">Whose programs are made.</param>
/// <param name="image">What they are made for.</param>
/// <param name="architecture">The board's.</param>
/// <param name="host">That of the machine on which the SDK runs.</param>
public sealed class SdkTexts(Board board, Image image, Architecture architecture, Architecture host)
{
    private const string QemuText = """
            imagecraft run                                         # in another terminal: boots the image in QEMU
            imagecraft deploy days/days --to qemu                  # puts the program onto it, as /usr/bin/days
            imagecraft debug days/days --to qemu                   # and into gdb, with its sources

        """;

    private const string DotnetText = "| `dotnet/board.props` | for the .NET SDK of this machine: `dotnet publish -c Release -p:CustomBeforeMicrosoftCommonProps=$IMAGECRAFT_SDK/dotnet/board.props` compiles ahead of time for the board |\n";

    private static readonly string[] Compilers = ["gcc", "g++", "cpp"];
    private static readonly string[] Binutils = ["addr2line", "ar", "as", "c++filt", "ld", "ld.bfd", "nm", "objcopy", "objdump", "ranlib", "readelf", "size", "strings", "strip"];
    private static readonly string[] CompilersTools = ["gcc-ar", "gcc-nm", "gcc-ranlib", "gcov"];
    private static readonly string[] Builders = ["cmake", "cpack", "ctest", "make", "ninja"];

    private string Triplet => architecture.Triplet;

    /// <summary>All of them.</summary>
    /// <param name="hasMachine">There is a machine of QEMU's for the image.</param>
    public IEnumerable<ArchiveFile> Files(bool hasMachine)
    {
        yield return new ArchiveFile.OfText(SdkFacts.FileName, IsExecutable: false, new SdkFacts(board.Name, image.Name, Triplet, architecture.ElfMachine?.Value ?? 0).ToJson());
        yield return Text("README.md", "sdk-read-me.md", ("@QEMU@", hasMachine ? QemuText : ""), ("@DOTNET@", architecture.DotnetRid is null ? "" : DotnetText));
        yield return Text("environment", "sdk-environment");
        yield return Text("cmake/board.cmake", "sdk-toolchain.cmake");
        yield return Text("meson/board.ini", "sdk-cross.ini");
        yield return Text("examples/days/days.c", "sdk-example.c");
        yield return Text("examples/days/CMakeLists.txt", "sdk-example.cmake");
        foreach (var compiler in Compilers)
            yield return Program($"{Triplet}-{compiler}", "sdk-compiler");
        yield return Program($"{Triplet}-pkg-config", "sdk-pkg-config");
        yield return Program($"{Triplet}-gdb", "sdk-gdb");
        yield return Program("meson", "sdk-meson");
        yield return Program("imagecraft", "sdk-imagecraft", ("@ASSEMBLY@", "imagecraft"));
        yield return Program("imagecraft-vnpu", "sdk-imagecraft", ("@ASSEMBLY@", ServerNames.VirtualNpu));
        foreach (var program in Builders.Concat(Binutils.Select(name => $"{Triplet}-{name}")))
            yield return new ArchiveFile.Link($"{SdkFolders.Programs}/{program}", $"../{SdkFolders.Host}/usr/bin/{program}");
        // Where the compiler itself looks for them, whatever the PATH.
        foreach (var program in Binutils)
            yield return new ArchiveFile.Link($"{SdkFolders.Compiler}/usr/{Triplet}/bin/{program}", $"../../../../usr/bin/{Triplet}-{program}");
        foreach (var program in CompilersTools.Select(name => $"{Triplet}-{name}"))
            yield return new ArchiveFile.Link($"{SdkFolders.Programs}/{program}", $"../{SdkFolders.Compiler}/usr/bin/{program}");
        if (architecture.DotnetRid is null)
            yield break;
        yield return Text("dotnet/board.props", "sdk-board.props");
        yield return Text("dotnet/link", "sdk-link-dotnet") with { IsExecutable = true };
    }

    private ArchiveFile Program(string name, string script, params (string Word, string Text)[] more) => Text($"{SdkFolders.Programs}/{name}", script, more) with { IsExecutable = true };

    private ArchiveFile.OfText Text(string name, string script, params (string Word, string Text)[] more)
    {
        using var reader = new StreamReader(typeof(SdkTexts).Assembly.GetManifestResourceStream(script)!);
        (string Word, string Text)[] words =
        [
            .. more,
            ("@BOARD@", board.Name),
            ("@IMAGE@", image.Name),
            ("@TRIPLET@", Triplet),
            ("@CPU@", architecture.Cpu),
            ("@FAMILY@", MesonSystem.FamilyOf(architecture)),
            ("@RID@", architecture.DotnetRid?.Value ?? ""),
            ("@HOST@", host.Triplet),
            ("@HOSTCPU@", host.Cpu),
            ("@FLAGS@", string.Join(' ', board.CpuFlags.Select(flag => flag.Value).Concat(Toolchain.UsualHardening(architecture)))),
        ];
        return new(name, IsExecutable: false, words.Aggregate(reader.ReadToEnd(), (text, word) => text.Replace(word.Word, word.Text, StringComparison.Ordinal)));
    }
}
