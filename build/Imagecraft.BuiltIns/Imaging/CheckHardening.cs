// Looks at every program and library of an image: what was compiled here must be hardened, what is ready is reported.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Images.Programs;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary>The function of <see cref="CheckHardeningRequest"/>.</summary>
public sealed class CheckHardening() : BuiltInFunction<CheckHardeningRequest>(typeof(ContentStore), typeof(ElfProgram))
{
    /// <summary>What no recipe may go without, because nothing that is compiled today needs it.</summary>
    private const string Stack = "stack that is no code";

    // Firmware is other processors' or boot loaders', which no kernel loads.
    private static readonly ImmutableArray<string> Left = ["usr/lib/firmware/", "usr/lib/boot-firmware/", "usr/lib/u-boot/", "usr/lib/debug/", "boot/", "usr/lib/modules/"];

    /// <inheritdoc/>
    protected override async Task RunAsync(CheckHardeningRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var packages = request.Packages.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var (lines, problems) = (new List<string>(), new List<(string Recipe, string Text)>());
        foreach (var (name, input) in context.InputsOf(CheckHardeningRequest.PackageInputs))
        {
            var package = packages[name];
            foreach (var entry in TreeWalk.Entries(context.Store, input.Value.Digest).Where(e => e.Kind == TreeEntryKind.File && !Left.Any(f => e.Path.TrimStart('/').StartsWith(f, StringComparison.Ordinal))))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (entry.Digest.SizeBytes > StoredTree.MostBytes || ElfProgram.Read(context.Store.Read(entry.Digest)) is not { } program || (request.Machine is { } machine && program.Machine != machine))
                    continue;
                string[] lacking = [.. Lacking(program, request.HasJumpGuard)];
                var path = "/" + entry.Path.TrimStart('/');
                lines.Add($"{path} ({package.Recipe}{(package.IsCompiledHere ? "" : ", ready")}): {(lacking.Length == 0 ? "has everything" : $"lacks [{string.Join(", ", lacking)}]")}");
                string[] missed = [.. lacking.Except(package.Without)];
                if (package.IsCompiledHere && missed.Length > 0)
                    problems.Add((package.Recipe, $"  {path} of `{name}` lacks [{string.Join(", ", missed)}]"));
            }
        }

        if (problems.Count > 0)
            throw new ActionFailedException(string.Create(CultureInfo.InvariantCulture, $"{problems.Count} programs and libraries of the image `{request.Image}` are not hardened:\n{string.Join('\n', problems.Select(p => p.Text).Take(20))}{(problems.Count > 20 ? "\n  ..." : "")}\nCompile them by `$CC` and link them by it with its own arguments, or say in the recipes [{string.Join(", ", problems.Select(p => p.Recipe).Distinct())}] what they cannot take and why: `build: {{ hardening: {{ without: [ ... ], because: ... }} }}`"));
        await context.OutputTextAsync(CheckHardeningRequest.ReportOutput, string.Concat(lines.Order(StringComparer.Ordinal).Select(l => l + "\n")), cancellationToken);
    }

    private static IEnumerable<string> Lacking(ElfProgram program, bool hasJumpGuard)
    {
        if (hasJumpGuard && !program.RefusesStrayJumps)
            yield return HardeningMeasure.Architecture;
        if (program.IsDynamic && !program.BindsNow)
            yield return HardeningMeasure.BindNow;
        if (program.IsFixed)
            yield return HardeningMeasure.Pie;
        if (program.IsDynamic && !program.HasRelro)
            yield return HardeningMeasure.Relro;
        if (program.HasExecutableStack)
            yield return Stack;
    }
}
