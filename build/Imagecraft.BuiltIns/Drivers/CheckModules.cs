// Holds an image's packages against the drivers that its board needs: each module is there, and of the firmware that a driver asks for at least one file.

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Imagecraft.Boards.Drivers;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;
using Imagecraft.Requests.Drivers;

namespace Imagecraft.BuiltIns.Drivers;

/// <summary>The function of <see cref="CheckModulesRequest"/>.</summary>
public sealed class CheckModules() : BuiltInFunction<CheckModulesRequest>(typeof(ContentStore), typeof(DriverList))
{
    private const string Modules = "usr/lib/modules/";
    private const string BuiltInFacts = "/modules.builtin.modinfo";
    private const string Asks = "firmware=";

    // Where the kernel looks, without the folders of updates. Source: its Documentation/driver-api/firmware/fw_search_path.rst.
    private static readonly string[] FirmwareFolders = ["usr/lib/firmware/", "lib/firmware/"];

    /// <inheritdoc/>
    protected override async Task RunAsync(CheckModulesRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var drivers = DriverList.Read(await context.TextAsync(CheckModulesRequest.DriversInput, cancellationToken));
        ImmutableArray<TreeEntry> installed = [.. context.InputsOf(CheckModulesRequest.PackageInputs).SelectMany(p => TreeWalk.Entries(context.Store, p.Input.Value.Digest)).Where(e => e.Kind != TreeEntryKind.Folder)];
        ImmutableArray<string> firmware = [.. installed.Select(e => FirmwareFolders.Where(f => e.Path.StartsWith(f, StringComparison.Ordinal)).Select(f => e.Path[f.Length..]).FirstOrDefault()).OfType<string>()];
        var files = installed.Where(e => NameOf(e.Path) is not null).ToLookup(e => NameOf(e.Path)!, StringComparer.Ordinal);
        var builtIn = BuiltIn(context.Store, context.Input(CheckModulesRequest.KernelInput).Value.Digest);
        var (lines, problems) = (new List<string>(), new List<string>());
        foreach (var driver in drivers)
        {
            if (!driver.IsBuiltIn && !files.Contains(driver.Module))
            {
                problems.Add($"The module `{driver.Module}` of `{driver.For}` is in no package of the image; install the package that has it");
                continue;
            }

            ImmutableArray<string> asked = driver.IsBuiltIn ? [.. builtIn[driver.Module]] : [.. Firmware(ModuleFile.Read(context.Store.Read(files[driver.Module].First().Digest)))];
            var waiver = request.Waivers.FirstOrDefault(w => w.Node == driver.For);
            var found = asked.Where(name => new PathGlob(name) is var glob && firmware.Any(glob.Matches)).ToList();
            if (found.Count > 0)
                lines.Add($"Firmware of {driver.Module}: {string.Join(", ", found)}");
            if (found.Count > 0 || asked.IsEmpty)
                lines.AddRange(waiver is null ? [] : [$"A waiver that nothing needs any more, to be removed: {waiver.Node}: {waiver.Reason}"]);
            else if (waiver is not null)
                lines.Add($"Waived: {driver.For}: {waiver.Reason}");
            else
                problems.Add($"`{driver.Module}`, the driver of `{driver.For}`, asks for firmware, of which the image has nothing: [{string.Join(", ", asked.Take(6))}{(asked.Length > 6 ? ", ..." : "")}]; install the package that has it, e.g. by `packages` of the board, or waive it with the reason");
        }

        if (problems.Count > 0)
            throw new ActionFailedException(string.Create(CultureInfo.InvariantCulture, $"The image `{request.Image}` lacks what drivers of `{request.Board}` need ({problems.Count}):{string.Concat(problems.Select(p => $"\n  {p}"))}"));
        await context.OutputTextAsync(CheckModulesRequest.ReportOutput, await context.TextAsync(CheckModulesRequest.ReportInput, cancellationToken) + string.Concat(lines.Select(l => l + "\n")), cancellationToken);
    }

    // `etnaviv` of `usr/lib/modules/6.12.1/kernel/drivers/gpu/drm/etnaviv/etnaviv.ko.xz`.
    private static string? NameOf(string path)
    {
        if (!path.StartsWith(Modules, StringComparison.Ordinal))
            return null;
        var name = path[(path.LastIndexOf('/') + 1)..];
        var end = name.IndexOf(".ko", StringComparison.Ordinal);
        return end > 0 && name[end..] is ".ko" or ".ko.xz" or ".ko.zst" or ".ko.gz" ? name[..end].Replace('-', '_') : null;
    }

    // Facts stand behind each other with zeros between them: `r8169.firmware=rtl_nic/rtl8125b-2.fw`.
    private static ILookup<string, string> BuiltIn(IContentStore store, Digest kernel) => TreeWalk.Entries(store, kernel)
        .Where(e => e.Kind == TreeEntryKind.File && e.Path.StartsWith(Modules, StringComparison.Ordinal) && e.Path.EndsWith(BuiltInFacts, StringComparison.Ordinal))
        .SelectMany(e => Encoding.UTF8.GetString(store.Read(e.Digest)).Split('\0'))
        .Select(fact => fact.Split($".{Asks}", 2))
        .Where(fact => fact.Length == 2)
        .ToLookup(fact => fact[0].Replace('-', '_'), fact => fact[1], StringComparer.Ordinal);

    // A module's facts have the same form in the section `.modinfo`; nothing else in it begins so behind a zero.
    private static IEnumerable<string> Firmware(byte[] module)
    {
        var asks = Encoding.ASCII.GetBytes($"\0{Asks}");
        for (var at = 0; module.AsSpan(at).IndexOf(asks) is >= 0 and var next;)
        {
            var start = at + next + asks.Length;
            var length = module.AsSpan(start).IndexOf((byte)0);
            if (length < 0)
                yield break;
            yield return Encoding.UTF8.GetString(module.AsSpan(start, length));
            at = start + length;
        }
    }
}
