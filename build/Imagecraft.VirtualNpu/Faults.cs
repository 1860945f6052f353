// What a test lets go wrong. Unaware of how it is asked for.

namespace Imagecraft.VirtualNpu;

/// <summary>A fault that hits the next job, or the next firmware.</summary>
public enum Fault
{
    /// <summary>The firmware is refused as one of a wrong version.</summary>
    FirmwareVersion,

    /// <summary>The job ends by an address that is none of the machine's memory.</summary>
    BadAddress,

    /// <summary>The job never ends; only a reset helps.</summary>
    Stall,

    /// <summary>The job ends, but its interrupt never comes.</summary>
    LostInterrupt,

    /// <summary>One bit of the job's last output is another.</summary>
    BitFlip,

    /// <summary>The device goes: the connection ends.</summary>
    Gone,
}

/// <summary>Faults that wait for their job, any number of each. For threads.</summary>
public sealed class Faults
{
    private readonly Lock _lock = new();
    private readonly int[] _waiting = new int[Enum.GetValues<Fault>().Length];

    /// <summary>Lets a fault hit so many jobs more.</summary>
    public void Add(Fault fault, int count)
    {
        lock (_lock)
            _waiting[(int)fault] = (int)Math.Min((long)_waiting[(int)fault] + count, int.MaxValue);
    }

    /// <summary>Takes one, if one waits.</summary>
    internal bool Take(Fault fault)
    {
        lock (_lock)
        {
            if (_waiting[(int)fault] == 0)
                return false;
            _waiting[(int)fault]--;
            return true;
        }
    }
}
