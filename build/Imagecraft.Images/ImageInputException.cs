// The one exception of this project for problems that the user can fix. Unaware of who shows it.

namespace Imagecraft.Images;

/// <summary>The input cannot become an image; the message is for the user, names every problem and the remedy.</summary>
public sealed class ImageInputException(string message) : Exception(message);
