// Folders that others cannot look into, because what lies in them may hold secrets. Unaware of what that is.

namespace Imagecraft.Engine.Files;

/// <summary>A folder of its owner: hashes of passwords are readable in root file systems, in what they are made of and in what is remembered of it.</summary>
public static class PrivateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>
    /// Makes the folder with mode 0700. One that is there already keeps its group's rights when somebody gave them on purpose, which is told from
    /// a mask by that the others have none (0750, 0770), or by that the group may write (0775): only the others lose theirs.
    /// </summary>
    /// <returns>False when it belongs to somebody else, who decides.</returns>
    public static bool Make(string path)
    {
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            Directory.CreateDirectory(path, OwnerOnly);
            return true;
        }

        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) == 0)
            return true;
        try
        {
            File.SetUnixFileMode(path, mode & ~Others & ~((mode & UnixFileMode.GroupWrite) == 0 ? Group : 0));
            return true;
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }
}
