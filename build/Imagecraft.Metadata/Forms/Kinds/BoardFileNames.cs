// The names of what lies beside a board's disk: each one thing, and none of the build's own. Unaware of what the files hold.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>File names in <c>out/BOARD/IMAGE/</c>.</summary>
static class BoardFileNames
{
    // What the build or a check puts there; `rootfs.` and `disk.img` come in many forms.
    static readonly string[] Own = ["SHA256SUMS", "board-lint.txt", "boot-chain.txt", "build-trace.json", "check", "check-on-board", "command-line", "disk.img", "files.json", "hardening.txt", "kernel.config", "kernel.requested", "manifest.json", "report.html"];

    static readonly string[] Forms = ["rootfs", "disk.img"];

    /// <summary>Reports names that are there twice, or that the build gives itself.</summary>
    public static void Check(Board board, Reading reading)
    {
        foreach (var (noun, name, span) in Of(board).GroupBy(one => one.Name).SelectMany(same => same.Skip(1)))
            reading.Error(Codes.DuplicateName, $"{noun} `{name}` stands twice", span, "Give one of them a `name` of its own");
        foreach (var (noun, name, span) in Of(board).Where(one => Own.Contains(one.Name) || Forms.Any(form => one.Name == form || one.Name.StartsWith(form + ".", StringComparison.Ordinal))))
            reading.Error(Codes.DuplicateName, $"{noun} `{name}` has the name of something that the build makes itself", span, $"Give it another `name`; the build's are [ {string.Join(", ", Own.Select(own => $"`{own}`"))} ] and all that begin with `rootfs.` and `disk.img.`");
    }

    /// <summary>Reports what has the name of the kernel's image.</summary>
    /// <param name="board">The board.</param>
    /// <param name="kernelImage">That name.</param>
    /// <param name="reading">Takes problems.</param>
    public static void CheckKernel(Board board, string kernelImage, Reading reading)
    {
        foreach (var (noun, name, span) in Of(board).Where(one => one.Name == kernelImage))
            reading.Error(Codes.DuplicateName, $"{noun} `{name}` has the name of the kernel's image", span, "Give it another `name`");
    }

    static IEnumerable<(string Noun, string Name, SourceSpan Span)> Of(Board board) =>
        board.DeviceTrees.Select(t => (Noun: "Device tree", t.Name, (t.OwnName ?? t.Source).Span))
            .Concat(board.Overlays.Select(o => ("Overlay", o.Name, (o.OwnName ?? o.Source).Span)))
            .Concat(board.FitImages.Select(f => ("FIT image", f.Name.Value, f.Name.Span)))
            .Concat(board.BootScripts.Select(s => ("Boot script", s.Name.Value, s.Name.Span)))
            .Concat(board.Artifacts.Select(a => ("Artifact", a.Name.Value, a.Name.Span)));
}
