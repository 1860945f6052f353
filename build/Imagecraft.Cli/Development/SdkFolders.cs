// Where things lie in an SDK. Unaware of how they get there.

namespace Imagecraft.Cli.Development;

/// <summary>Folders below that of the SDK.</summary>
public static class SdkFolders
{
    /// <summary>What people call; their <c>PATH</c> begins with it.</summary>
    public const string Programs = "bin";

    /// <summary>Programs for the machine of whoever unpacks it, with all that they load.</summary>
    public const string Host = "host";

    /// <summary>The compiler of the board, away from the libraries of <see cref="Host"/>, whose loader its programs find all the same.</summary>
    public const string Compiler = "host/compiler";

    /// <summary>What the image's programs are compiled against.</summary>
    public const string Sysroot = "sysroot";

    /// <summary>QEMU.</summary>
    public const string Qemu = "qemu";

    /// <summary>The image, and the description of QEMU's machine for it.</summary>
    public const string Machine = "machine";

    /// <summary>Name of that description.</summary>
    public const string MachineFile = "machine.json";

    /// <summary>Imagecraft itself and the .NET runtime.</summary>
    public const string Tool = "imagecraft";

    /// <summary>Stands for the SDK's folder in texts of <see cref="MachineFile"/>.</summary>
    public const string Itself = "$SDK";
}
