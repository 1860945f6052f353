// Leaves the caller's session keyring, which children would inherit. Unaware of children.

namespace Imagecraft.Engine.Sandbox;

static class SessionKeyring
{
    const int JoinSession = 1;

    /// <summary>Gives the calling thread, and the children that it starts from now on, an empty session keyring of its own. A kernel without keyrings has none to hide.</summary>
    /// <remarks>Source: keyctl(2). Credentials belong to threads; others of this process keep theirs.</remarks>
    public static void Leave()
    {
        if (SystemCalls.KeyControl >= 0)
            _ = SystemCalls.Call(SystemCalls.KeyControl, JoinSession, 0, 0, 0);
    }
}
