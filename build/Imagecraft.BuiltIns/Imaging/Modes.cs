// The modes of what the plan decides. Unaware of the files.

namespace Imagecraft.BuiltIns.Imaging;

/// <summary>Permission bits; C# has no octal numbers, so each is spelled by its three rights.</summary>
internal static class Modes
{
    private const int Read = 4, Write = 2, Execute = 1, Owner = 64, Group = 8;

    /// <summary>0644.</summary>
    public const int PlainFile = ((Read | Write) * Owner) | (Read * Group) | Read;

    /// <summary>0755.</summary>
    public const int Program = ((Read | Write | Execute) * Owner) | ((Read | Execute) * Group) | Read | Execute;

    /// <summary>0750: a user's home.</summary>
    public const int Home = ((Read | Write | Execute) * Owner) | ((Read | Execute) * Group);

    /// <summary>0700.</summary>
    public const int Private = (Read | Write | Execute) * Owner;

    /// <summary>0600.</summary>
    public const int Secret = (Read | Write) * Owner;
}
