// Why an action ran. Unaware of how that is found out.

using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Execution.Memory;

/// <summary>Why an action ran.</summary>
/// <param name="Words">For the user, e.g. <c>input /src from `main.c` changed (the source)</c>.</param>
/// <param name="Cause">The action whose changed output it was, when it was one.</param>
public sealed record RunReason(string Words, ActionId? Cause = null);
