// What the built-ins that make datasets are told; travels as JSON.

using System.Collections.Immutable;

namespace Imagecraft.Planning.Models;

/// <summary>Sounds of a dataset.</summary>
public sealed record AudioDatasetPlan(ImmutableArray<AudioItemPlan> Items);

/// <summary>One sound.</summary>
/// <param name="Split">Its folder.</param>
/// <param name="Name">File name without ending.</param>
/// <param name="Speech">File of the spoken sentence; null: noise alone.</param>
/// <param name="Noise">Kind of the noise.</param>
/// <param name="Seed">Same seed, same noise.</param>
/// <param name="Decibel">Ratio of the powers of voice and noise.</param>
/// <param name="Seconds">Noise before and after the sentence, or length of the noise alone.</param>
public sealed record AudioItemPlan(string Split, string Name, string? Speech, string Noise, long Seed, int Decibel, double Seconds);

/// <summary>Images of text of a dataset.</summary>
public sealed record TextDatasetPlan(ImmutableArray<TextSplitPlan> Splits);

/// <summary>Drawn lines of a split, in order.</summary>
/// <param name="Name">Its folder.</param>
/// <param name="Files">Drawn lines.</param>
/// <param name="Seed">Of colours, noise and places.</param>
/// <param name="Page">How pages are put together; null: lines, upright and upside down.</param>
public sealed record TextSplitPlan(string Name, ImmutableArray<string> Files, long Seed, PagePlan? Page);

/// <summary>Pixels and lines of a page.</summary>
public sealed record PagePlan(int Width, int Height, int Lines);
