// The root file system as an initramfs.

using Imagecraft.Engine.Actions;
using Imagecraft.Images;
using Imagecraft.Images.Archives;
using Imagecraft.Images.RootFs;
using Imagecraft.Metadata.Model;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary><c>make-cpio</c>: <c>/rootfs.tar</c>. Output: <c>file</c>.</summary>
/// <remarks>What the kernel needs of an initramfs is added where it is absent: <c>/init</c> as a link to <c>/sbin/init</c>, and the console, because no device manager ran before.</remarks>
public sealed class MakeCpio() : BuiltInFunction("make-cpio", typeof(CpioWriter))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var tar = await context.FileAsync(Input(context, "/rootfs.tar"), cancellationToken);
        var cpio = Path.Combine(context.Scratch, "cpio");
        try
        {
            await using var output = new FileStream(cpio, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
            await CpioWriter.WriteAsync(WithInit([.. TarTree.Entries(() => File.OpenRead(tar))]), output, cancellationToken);
        }
        catch (ImageInputException problem)
        {
            throw new ActionFailedException(problem.Message, problem);
        }

        await context.OutputFileAsync("file", cpio, executable: false, cancellationToken);
    }

    private static IEnumerable<RootFsEntry> WithInit(RootFsEntry[] entries)
    {
        RootFsEntry[] needed =
        [
            RootFsEntry.Symlink("/init", "sbin/init"),
            new RootFsEntry { Path = TargetPath.Parse("/dev/console"), Kind = EntryKind.CharacterDevice, Mode = UnixMode.Parse("0600").Bits, Major = 5, Minor = 1 },
        ];
        var present = entries.Select(e => e.Path).ToHashSet();
        return entries.Concat(needed.Where(n => !present.Contains(n.Path))).OrderBy(e => e.Path);
    }
}
