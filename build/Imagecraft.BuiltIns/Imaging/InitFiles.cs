// The files that tell the image's init what to start and whose device nodes are, as the plan says: busybox' table and scripts, or systemd's units. Unaware of accounts and folders.

using System.Globalization;
using Imagecraft.Images.RootFs;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

internal static class InitFiles
{
    private const string Units = "/etc/systemd/system";
    /// <summary>The entries for the plan's init; none for a container.</summary>
    public static IEnumerable<RootFsEntry> Of(MakeRootFsRequest plan, TemplateText templates) => plan.Init switch
    {
        "none" => [],
        "systemd" => Systemd(plan, templates),
        _ => Busybox(plan, templates),
    };

    private static IEnumerable<RootFsEntry> Busybox(MakeRootFsRequest plan, TemplateText templates)
    {
        yield return File("/etc/inittab", templates.Render(BaseFiles.Read("inittab"), "inittab"));
        yield return File("/etc/mdev.conf", templates.Render(BaseFiles.Read("mdev.conf"), "mdev.conf"));
        var scripts = plan.Services.Where(s => s.Kind != "respawn").Select((s, i) => (Service: s, Path: string.Create(CultureInfo.InvariantCulture, $"/etc/init.d/S{i + 10:D2}{s.Name}")));
        foreach (var (service, path) in scripts)
            yield return File(path, templates.Render(BaseFiles.Read("service"), "service", service), Modes.Program);
    }

    private static IEnumerable<RootFsEntry> Systemd(MakeRootFsRequest plan, TemplateText templates)
    {
        if (!plan.Devices.IsEmpty)
            yield return File("/etc/udev/rules.d/60-accelerators.rules", templates.Render(BaseFiles.Read("udev.rules"), "udev.rules"));
        foreach (var service in plan.Services)
        {
            // A script of its own, because a unit's command line quotes in its own way.
            yield return File($"/usr/lib/services/{service.Name}", $"#!/bin/sh\n# {service.Name}\n{service.Run}\n", Modes.Program);
            yield return File($"{Units}/{service.Name}.service", templates.Render(BaseFiles.Read("unit"), "unit", service));
            yield return RootFsEntry.Symlink($"{Units}/multi-user.target.wants/{service.Name}.service", $"../{service.Name}.service");
        }
    }

    private static RootFsEntry File(string path, string text, int mode = Modes.PlainFile) => RootFsEntry.File(path, FileContent.Of(text), mode);
}
