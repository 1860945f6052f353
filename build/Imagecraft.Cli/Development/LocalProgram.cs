// A program of this host that belongs onto a board. Unaware of how it gets there.

using System.Formats.Tar;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Deploying;
using Imagecraft.Images.Programs;

namespace Imagecraft.Cli.Development;

/// <summary>A file, and its place on the board.</summary>
/// <param name="File">Path on this host.</param>
/// <param name="Path">Absolute path on the board.</param>
public sealed record LocalProgram(string File, string Path)
{
    /// <summary>How it is written, for helps.</summary>
    public const string Form = "FILE or FILE:PATH";

    private const UnixFileMode Plain = (UnixFileMode)0b110_100_100, Program = (UnixFileMode)0b111_101_101;

    /// <summary>Reads <c>build/greeter</c>, which goes to <c>/usr/bin</c>, or <c>greeter.conf:/etc/greeter.conf</c>; a path that ends with a slash is a folder.</summary>
    /// <exception cref="ProblemException">There is no such file, or the path is not absolute.</exception>
    public static LocalProgram Parse(string text)
    {
        var at = text.LastIndexOf(':');
        var (file, path) = at < 0 ? (text, "/usr/bin/") : (text[..at], text[(at + 1)..]);
        if (!path.StartsWith('/'))
            throw ProblemException.User($"`{path}` of `{text}` is no absolute path of the board", $"Write {Form}, e.g. `greeter.conf:/etc/greeter.conf`");
        if (!System.IO.File.Exists(file))
            throw ProblemException.User($"There is no file `{file}`", Directory.Exists(file) ? "It is a folder; name its files" : "Is it built?");
        return new(System.IO.Path.GetFullPath(file), path.EndsWith('/') ? path + System.IO.Path.GetFileName(file) : path);
    }

    /// <summary>Looks that the board could run it.</summary>
    /// <exception cref="ProblemException">It is for another processor, or nothing that a debugger could start.</exception>
    public ElfProgram RequireProgram(UnpackedSdk sdk) => ElfProgram.Read(System.IO.File.ReadAllBytes(File)) is not { } elf
        ? throw ProblemException.User($"`{File}` is no compiled program, so no debugger can start it", "Is it a script? Name the program that reads it, with the script as an argument")
        : elf.Machine != sdk.Facts.ElfMachine ? throw ForOther(sdk) : elf;

    /// <summary>As it is to be on the board: owned by root, and a program when it is one here.</summary>
    /// <exception cref="ProblemException">It is a program for another processor.</exception>
    public InstalledFile Installed(UnpackedSdk sdk)
    {
        var content = System.IO.File.ReadAllBytes(File);
        if (ElfProgram.Read(content) is { } elf && elf.Machine != sdk.Facts.ElfMachine)
            throw ForOther(sdk);
        var isProgram = (System.IO.File.GetUnixFileMode(File) & UnixFileMode.UserExecute) != 0;
        return InstalledFile.OfRoot(new UstarTarEntry(TarEntryType.RegularFile, Path[1..]) { DataStream = new MemoryStream(content), Mode = isProgram ? Program : Plain });
    }

    private ProblemException ForOther(UnpackedSdk sdk) =>
        ProblemException.User($"`{File}` is a program for another processor than that of `{sdk.Facts.Board}`", $"Compile it by `{sdk.Facts.Triplet}-gcc`, or for CMake by the environment's toolchain file");
}
