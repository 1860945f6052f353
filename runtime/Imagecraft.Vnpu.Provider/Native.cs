// Tables that ONNX Runtime calls, each with the managed object behind it. Unaware of what the objects do.

using System.Runtime.InteropServices;
using Imagecraft.Vnpu.Provider.Ort;

namespace Imagecraft.Vnpu.Provider;

/// <summary>A table of functions in C's memory: a version, the functions, and behind them a handle of the object.</summary>
internal static unsafe class Native
{
    /// <summary>Makes a table; what is not set stays empty.</summary>
    /// <param name="slots">Pointers of the table.</param>
    /// <param name="owner">The object.</param>
    public static nint* Make(int slots, object owner)
    {
        var table = (nint*)NativeMemory.AllocZeroed((nuint)(slots + 1), (nuint)sizeof(nint));
        *(uint*)table = Made.ApiVersion;
        table[slots] = GCHandle.ToIntPtr(GCHandle.Alloc(owner));
        return table;
    }

    /// <summary>The object of a table.</summary>
    public static T Owner<T>(nint table, int slots)
        where T : class => (T)GCHandle.FromIntPtr(((nint*)table)[slots]).Target!;

    /// <summary>Ends a table and its object.</summary>
    public static void Release(nint table, int slots)
    {
        var handle = GCHandle.FromIntPtr(((nint*)table)[slots]);
        (handle.Target as IDisposable)?.Dispose();
        handle.Free();
        NativeMemory.Free((void*)table);
    }

    /// <summary>Runs what may fail; C gets a status instead of an exception.</summary>
    public static nint Try(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (Exception problem)
        {
            return OrtApi.StatusOf(problem);
        }
    }
}
