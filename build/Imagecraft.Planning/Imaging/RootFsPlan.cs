// What the root file system of an image is told beside the trees of its packages, with what the recipes of these bring. Unaware of how it is put together.

using System.Collections.Immutable;
using Imagecraft.Images.RootFs;
using Imagecraft.Metadata.Checks;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Checks;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Imaging;

internal static class RootFsPlan
{
    /// <summary>The request of an image, whose problems are noted.</summary>
    /// <param name="context">Takes problems.</param>
    /// <param name="target">Board and image.</param>
    /// <param name="chosen">Packages that the image gets.</param>
    /// <param name="packages">Those of them whose trees are planned.</param>
    public static MakeRootFsRequest Of(PlanContext context, BoardTarget target, ImmutableArray<ChosenPackage> chosen, ImmutableArray<PackageSpec> packages)
    {
        var accelerators = CheckPlanner.Accelerators(context.Workspace, target.Board).ToImmutableArray();
        var recipes = chosen.Select(c => c.Recipe).DistinctBy(r => r.Name.Value).ToImmutableArray();
        var (board, image) = (target.Board, BroughtAccounts.Apply(target.Image, recipes, context.Note));
        var isContainer = image.Init?.Value == "none";
        var services = isContainer ? image.Services : ImageServices.Of(image, chosen);
        if (isContainer && !services.IsEmpty)
            context.Error("IC0365", $"The image `{image.Name}` has services, but `init: none` starts none", services[0].Name.Span, "Remove the services, or choose another `init`");
        if (!isContainer)
            ImageServices.Check(context, image, chosen);
        var accounts = ImageAccounts.Of(image);
        // A container has the device nodes of whoever runs it.
        var devices = isContainer ? [] : accelerators.SelectMany(a => a.Devices);
        var folders = recipes.SelectMany(r => r.Folders.Select(f => (Recipe: r.Name.Value, Folder: f))).ToImmutableArray();
        var rules = packages.SelectMany(p => p.Attributes).Concat(devices).Concat(folders.Select(f => new Metadata.Model.FileAttributes(f.Folder.Path, f.Folder.Mode, f.Folder.Owner, f.Folder.Group))).ToImmutableArray();
        var formats = board.Formats.Concat(image.Formats).Select(f => f.Value).Distinct();
        Diagnostic[] problems =
        [
            .. rules.SelectMany(rule => OwnerCheck.Unknown(rule, accounts, image.Name)),
            .. services.SelectMany(s => OwnerCheck.Unknown(s, accounts, image.Name)),
            .. formats.SelectMany(format => rules.Concat(image.Attributes).SelectMany(rule => FormatLimits.NotHeld(rule, format, image.Name))),
        ];
        foreach (var problem in problems)
            context.Note(problem);
        var layer = WritableLayer.Of(board, chosen);
        if (layer is not null)
            WritableLayer.Check(context, board, image);
        return new()
        {
            Image = image.Name,
            Board = board.Name,
            Version = image.Version?.Value,
            Hostname = image.Hostname?.Value ?? board.Name.Value,
            Console = board.Console,
            Triplet = target.Target.Architecture.Triplet,
            Init = image.Init is { Value: not "busybox" } init ? init.Value : null,
            Layer = layer,
            Partitions = BootPartitions.Of(board, image),
            Packages = [.. packages.Select(p => new RootFsPackage(p.Name, [.. p.Attributes.Select(Attribute)]) { GivesWay = p.GivesWay.IsEmpty ? null : [.. p.GivesWay.Select(g => g.Value)] })],
            Users = [.. image.Users.Select(u => new PasswdUser(u.Name, u.Id, u.Group?.Value, u.Home?.Value, u.Shell?.Value, u.Password?.Value, [.. u.Groups.Select(g => g.Value)]) { AuthorizedKeys = [.. u.AuthorizedKeys.Select(k => k.Value)], Locked = u.IsLocked })],
            Groups = [.. image.Groups.Select(g => new PasswdGroup(g.Name, g.Id))],
            Services = ServiceOrder.Of(context, services),
            Files = [.. image.Files.Select(f => new FilePlan(f.Path, f.Text?.Value, f.Template?.Value, f.Mode?.Value.ToString()) { Source = f.Source?.Value, Link = f.Link?.Value, Owner = f.Owner?.Value, Group = f.Group?.Value })],
            Folders = [.. folders.Select(f => new FolderPlan(f.Recipe, new(f.Folder.Path, null, null, f.Folder.Mode?.Value.ToString()) { Owner = f.Folder.Owner?.Value, Group = f.Folder.Group?.Value }))],
            Attributes = [.. image.Attributes.Select(Attribute)],
            Devices = [.. accelerators.SelectMany(a => a.Devices).Select(Attribute)],
            Size = image.Size?.Value,
            Budget = image.Budget?.Value,
        };
    }

    private static AttributePlan Attribute(Metadata.Model.FileAttributes a) => new(a.Path, a.Mode?.Value.ToString(), a.Owner?.Value, a.Group?.Value)
    {
        Capabilities = a.Capabilities.IsEmpty ? null : [.. a.Capabilities.Select(c => Capabilities.Numbers[c])],
        Xattrs = a.Xattrs.IsEmpty ? null : a.Xattrs.ToImmutableSortedDictionary(x => x.Key, x => x.Value.Value, StringComparer.Ordinal),
    };
}
