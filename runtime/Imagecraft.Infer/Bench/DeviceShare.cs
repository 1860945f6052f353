// What an accelerator did of a measurement, for one sample. Unaware of how it is shown.

using Imagecraft.Infer.Accelerators;

namespace Imagecraft.Infer.Bench;

/// <summary>Means over all samples, those for warm-up as well.</summary>
/// <param name="Placement">Where nodes run.</param>
/// <param name="Work">What was done.</param>
/// <param name="Samples">For how many samples.</param>
sealed record DeviceShare(Placement Placement, DeviceWork Work, long Samples)
{
    /// <summary>Jobs of a sample.</summary>
    public double Jobs => (double)Work.Jobs / Samples;

    /// <summary>Cycles of the nominal clock of a sample.</summary>
    public double Cycles => (double)Work.Cycles / Samples;

    /// <summary>From handing jobs over to their end.</summary>
    public double DeviceMilliseconds => Work.DeviceNanoseconds / 1e6 / Samples;

    /// <summary>Copying inputs and outputs.</summary>
    public double TransferMilliseconds => Work.TransferNanoseconds / 1e6 / Samples;

    /// <summary>The share of a sample's time in which an accelerator of the nominal clock would compute.</summary>
    public double Utilization(double millisecondsPerSample) => Placement.ClockHertz > 0 && millisecondsPerSample > 0 ? Cycles * 1000 / Placement.ClockHertz / millisecondsPerSample : 0;
}
