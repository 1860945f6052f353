// Where a machine's words should be heard. Unaware of QEMU and of boards.

namespace Imagecraft.Qemu.Consoles;

/// <summary>For machines of which nothing is heard.</summary>
/// <param name="Story">What the board, the kernel's command line and the machine call the console.</param>
/// <param name="Remedy">What to change.</param>
/// <param name="LeadsElsewhere">The command line names consoles, and the last one, which has the login, is another than the board's or the machine's.</param>
public sealed record ConsoleRoute(string Story, string Remedy, bool LeadsElsewhere);
