// What is done with a partition at each boot. Unaware of what does it.

namespace Imagecraft.Requests.Imaging;

/// <summary>A partition that grows or is mounted.</summary>
/// <param name="Number">Its place in the partition table, from 1.</param>
/// <param name="Name">Its name; a GPT stores it.</param>
/// <param name="Grows">It takes what the disk has behind it, and an ext4 in it the whole partition.</param>
/// <param name="Format">Its file system as mount(8) names it; null: none, or one that does not grow and is not mounted.</param>
/// <param name="Mount">The folder; null: it is not mounted, or by something else.</param>
/// <param name="Options">Options of that mount, between commas; null: the usual ones.</param>
public sealed record BootPartition(int Number, string Name, bool Grows, string? Format, string? Mount, string? Options);
