// How checks come in: by a declared login, as root without a password, or by a way in that the image knows nothing of. Unaware of consoles.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning;
using Imagecraft.Qemu.Boards;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Cli.Checking;

/// <summary>Chooses.</summary>
public static class CheckLogins
{
    private const string Root = "root";

    private const string Declare = "Say who checks log in as by `check-login: { user: ..., password-file: ... }` in the image; `docs/checks-on-a-board.md` has more";

    /// <summary>For a machine of QEMU's.</summary>
    /// <returns>How to log in, the machine that can be logged in to so, and what is worth telling.</returns>
    /// <exception cref="ProblemException">There is no way.</exception>
    public static (LoginOptions Login, MachineDescription Machine, string? Note) InQemu(Session session, ImageBuild plan, MachineDescription machine)
    {
        if (plan.Image.CheckLogin is { } declared)
            return (LoginOptions.Root with { User = declared.User, Password = Password(session, declared.PasswordFile) }, machine, null);
        if (AsksNoPassword(plan.Image))
            return (LoginOptions.Root, machine, null);
        if (WayIn.Open(machine) is { } opened)
            return (LoginOptions.Root with { IsWayIn = true }, opened, "Nobody logs in to this image as root without a password: checks come in by a shell that a kernel argument starts, only here");
        throw ProblemException.User($"Nobody can log in to `{plan.Image.Name}` as root without a password, and the boot loader of `{plan.Board.Name}` takes the kernel's command line from the disk, so there is no other way in", Declare);
    }

    /// <summary>For a board.</summary>
    /// <returns>How to log in, and the private key for SSH.</returns>
    /// <exception cref="ProblemException">There is no way.</exception>
    public static (LoginOptions Login, string? Identity) OnBoard(Session session, ImageBuild plan, BoardDemand demand)
    {
        var declared = plan.Image.CheckLogin;
        var user = (demand.Address as BoardAddress.Ssh)?.User ?? demand.User ?? declared?.User.Value ?? Root;
        var isDeclared = declared?.User.Value == user;
        var password = demand.PasswordFile is { } file ? FirstLine(Path.GetFullPath(file)) : isDeclared ? Password(session, declared!.PasswordFile) : "";
        var identity = demand.Identity is { } key ? Existing(Path.GetFullPath(key)) : isDeclared && declared!.Identity is { } its ? Existing(Path.Combine(session.WorkspaceRoot, its)) : null;
        if (demand.Address is not BoardAddress.Ssh && password.Length == 0 && user == Root && !AsksNoPassword(plan.Image))
            throw ProblemException.User($"Nobody can log in to `{plan.Image.Name}` as root on its console without a password", "Name a user by `--user NAME --password-file FILE`, check it by `--on ssh://...` with a key, or declare `check-login:` in the image");
        return (new LoginOptions(user, password, LoginOptions.Root.Limit), identity);
    }

    private static bool AsksNoPassword(Image image) => image.Users.Any(u => u.Name.Value == Root && u.Password is { Value: "" } && !u.IsLocked);

    private static string Password(Session session, Sited<string>? file) => file is null ? "" : FirstLine(Path.Combine(session.WorkspaceRoot, file));

    private static string FirstLine(string path)
    {
        using var reader = File.OpenText(Existing(path));
        return reader.ReadLine() ?? "";
    }

    private static string Existing(string path) => File.Exists(path) ? path : throw ProblemException.User($"There is no file `{path}`, which is to say how checks log in", "Write the password into its first line, or the private key; keep it out of the image and out of version control, e.g. in `supplied/`");
}
