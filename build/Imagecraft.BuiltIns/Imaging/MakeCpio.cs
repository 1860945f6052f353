// The root file system as an initramfs.

using Imagecraft.Engine.Actions;
using Imagecraft.Images;
using Imagecraft.Images.Archives;
using Imagecraft.Images.RootFs;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary>The function of <see cref="MakeCpioRequest"/>.</summary>
/// <remarks>What the kernel needs of an initramfs is added where it is absent: <c>/init</c> as a link to <c>/sbin/init</c>, and the console, because no device manager ran before.</remarks>
public sealed class MakeCpio() : BuiltInFunction<MakeCpioRequest>(typeof(CpioWriter))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(MakeCpioRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var tar = await context.FileAsync(MakeCpioRequest.RootFsInput, cancellationToken);
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

        await context.OutputAsync(MakeCpioRequest.CpioOutput, cpio, cancellationToken);
    }

    private static IEnumerable<RootFsEntry> WithInit(RootFsEntry[] entries)
    {
        RootFsEntry[] needed =
        [
            RootFsEntry.Symlink("/init", "sbin/init"),
            new RootFsEntry { Path = TargetPath.Parse("/dev/console"), Kind = EntryKind.CharacterDevice, Mode = Modes.Secret, Major = 5, Minor = 1 },
        ];
        var present = entries.Select(e => e.Path).ToHashSet();
        return entries.Concat(needed.Where(n => !present.Contains(n.Path))).OrderBy(e => e.Path);
    }
}
