// A disk with a cache that a power failure empties. Unaware of machines.

using System.Collections.Immutable;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.TestKit;

/// <summary>
/// The image holds what is durable. While the machine runs, it writes to an overlay, and QEMU records each write and flush;
/// when it ends, the writes that survive are put into the image, and overlay and record are forgotten.
/// </summary>
/// <param name="image">Raw.</param>
/// <param name="folder">For overlay and record.</param>
/// <param name="name">Of both.</param>
internal sealed class RecordedDisk(string image, string folder, string name)
{
    private const string File = "file=$DISK", Format = "format=qcow2";

    private const int Piece = 1 << 20;

    /// <summary>What the machine writes to.</summary>
    public string Overlay { get; } = Path.Combine(folder, $"{name}.written.qcow2");

    private string Record => Path.Combine(folder, $"{name}.record");

    /// <summary>Begins a run of the machine.</summary>
    public void Begin()
    {
        QcowOverlay.Create(Overlay, image, "raw", QcowOverlay.SizeOf(image, "raw"));
        System.IO.File.Create(Record).Dispose();
    }

    /// <summary>Options of a <c>-drive</c> for this disk.</summary>
    /// <param name="overlay">What stands for the overlay's path; null: the path.</param>
    public string Options(string? overlay = null) =>
        $"driver=blklogwrites,file.driver=qcow2,file.file.driver=file,file.file.filename={overlay ?? QemuText.Escape(Overlay)},log.driver=file,log.filename={QemuText.Escape(Record)},log-sector-size={WriteLog.Sector}";

    /// <summary>The machine on this disk, which was its own on that overlay.</summary>
    public MachineDescription Of(MachineDescription machine)
    {
        ImmutableArray<string> arguments = MachineDisk.OnOverlay(machine, Overlay).Arguments;
        int index = arguments.IndexOf(arguments.First(argument => argument.Split(',').Contains(File)));
        string changed = string.Join(',', arguments[index].Split(',').Where(option => option != Format).Select(option => option == File ? Options("$DISK") : option));
        return machine with { Disk = Overlay, DiskSize = null, Arguments = arguments.SetItem(index, changed) };
    }

    /// <summary>Ends a run of the machine; QEMU must be gone.</summary>
    /// <param name="survives">Asked for each write that was not flushed, in their order: whether it reached the medium.</param>
    public void Settle(Func<bool> survives)
    {
        using (FileStream record = System.IO.File.OpenRead(Record), medium = System.IO.File.OpenWrite(image))
        {
            byte[] piece = new byte[Piece];
            foreach (LoggedWrite write in WriteLog.Read(record))
            {
                if (!write.IsDurable && !survives())
                    continue;
                record.Position = write.ContentAt;
                medium.Position = write.Offset;
                for (long left = write.Length; left > 0;)
                {
                    int length = (int)Math.Min(left, piece.Length);
                    record.ReadExactly(piece, 0, length);
                    medium.Write(piece, 0, length);
                    left -= length;
                }
            }
        }

        System.IO.File.Delete(Record);
        System.IO.File.Delete(Overlay);
    }
}
