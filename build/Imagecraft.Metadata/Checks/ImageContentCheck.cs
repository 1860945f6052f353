// Checks what an image says of its files, services and container against its accounts and formats. Unaware of YAML and of file systems.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

static class ImageContentCheck
{
    const string ContainerFormat = "rootfs.oci.tar";

    /// <summary>Checks an image whose features and recipes' accounts are applied.</summary>
    public static void Check(Image image, Reading reading)
    {
        reading.Owner = new DocumentId(KindNames.Image, image.Name);
        var accounts = ImageAccounts.Of(image);
        foreach (var file in image.Files)
            reading.Add([.. OwnerCheck.Unknown(new FileAttributes(file.Path, file.Mode, file.Owner, file.Group), accounts, image.Name)]);
        NothingLiesInAFile(image, reading);
        foreach (var service in image.Services)
            reading.Add([.. OwnerCheck.Unknown(service, accounts, image.Name)]);
        foreach (var format in image.Formats)
            reading.Add([.. image.Attributes.SelectMany(rule => FormatLimits.NotHeld(rule, format.Value, image.Name))]);
        if (image.Oci is { } oci)
            Check(oci, image, accounts, reading);
    }

    /// <summary>Tells of packages without the feature that makes them work; a kernel of one's own may have all of it, so it is no error.</summary>
    public static void CheckNeeds(Image image, InstalledRecipes installed, Reading reading)
    {
        reading.Owner = new DocumentId(KindNames.Image, image.Name);
        foreach (var (package, _) in installed.PackagesOf(image))
            if (package.NeedsFeature is { } feature && !image.Features.Any(own => own.Value == feature.Value))
                reading.Warning(Codes.Contradiction, $"The package `{package.Name}` of image `{image.Name}` works only with what the feature `{feature}` brings, of the kernel above all", image.Packages.FirstOrDefault(own => own.Value == package.Name.Value)?.Span ?? image.Name.Span, $"Add `features: [ {feature} ]`");
    }

    // Sources may be folders, and links may lead to some.
    static void NothingLiesInAFile(Image image, Reading reading)
    {
        var files = image.Files.Where(file => file.Text is not null || file.Template is not null).DistinctBy(file => file.Path.Value).ToDictionary(file => file.Path.Value, file => file.Path.Span, StringComparer.Ordinal);
        foreach (var path in image.Files.Select(file => file.Path))
            for (var slash = path.Value.LastIndexOf('/'); slash > 0; slash = path.Value.LastIndexOf('/', slash - 1))
                if (files.TryGetValue(path.Value[..slash], out var other))
                    reading.Error(Codes.Contradiction, $"`{path}` of image `{image.Name}` lies in a file", path.Span, $"`{path.Value[..slash]}` is one at {other}; rename one of them");
    }

    static void Check(OciSpec oci, Image image, ImageAccounts accounts, Reading reading)
    {
        if (image.Init?.Value != "none" && !image.Formats.Any(f => f.Value.StartsWith(ContainerFormat, StringComparison.Ordinal)))
            reading.Error(Codes.Contradiction, $"`oci` says how the container of image `{image.Name}` starts, but it comes as none", oci.Span, $"Write `init: none`, or add `{ContainerFormat}` to `formats`");
        if (oci.User is { } user && !accounts.HasUser(user))
            reading.Error(Codes.UnknownName, $"Unknown user `{user.Value}`, who runs the container of image `{image.Name}`", user.Span, OwnerCheck.Hint(user.Value, accounts.Users.Keys, "users"));
    }
}
