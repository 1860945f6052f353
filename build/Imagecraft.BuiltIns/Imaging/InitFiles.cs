// The files that tell the image's init what to start and whose device nodes are, as the plan says: scripts with busybox' tables or with systemd's units. Unaware of accounts and folders.

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
        yield return File("/etc/init.d/services", templates.Render(BaseFiles.Read("services"), "services"));
        foreach (var service in plan.Services)
            yield return Script(service, templates);
    }

    private static IEnumerable<RootFsEntry> Systemd(MakeRootFsRequest plan, TemplateText templates)
    {
        if (!plan.Devices.IsEmpty)
            yield return File("/etc/udev/rules.d/60-accelerators.rules", templates.Render(BaseFiles.Read("udev.rules"), "udev.rules"));
        foreach (var service in plan.Services)
        {
            yield return Script(service, templates);
            yield return File($"{Units}/{service.Name}.service", templates.Render(BaseFiles.Read("unit"), "unit", service));
            yield return RootFsEntry.Symlink($"{Units}/multi-user.target.wants/{service.Name}.service", $"../{service.Name}.service");
        }
    }

    /// <summary>What it runs, as a script of its own: tables and units quote in their own ways.</summary>
    private static RootFsEntry Script(ServicePlan service, TemplateText templates) => File($"/usr/lib/services/{service.Name}", templates.Render(BaseFiles.Read("service"), "service", service), Modes.Program);

    private static RootFsEntry File(string path, string text, int mode = Modes.PlainFile) => RootFsEntry.File(path, FileContent.Of(text), mode);
}
