// ONNX Runtime's functions, called through its tables. Unaware of the accelerator.

using System.Runtime.InteropServices;
using System.Text;

namespace Imagecraft.Vnpu.Provider.Ort;

/// <summary>An error that ONNX Runtime reported; the status is given back to it, which then owns it again.</summary>
internal sealed class StatusException(nint status) : Exception
{
    public nint Status { get; } = status;
}

/// <summary>Calls that an execution provider needs. Every function that can fail gives a status, 0 for success.</summary>
internal static unsafe class OrtApi
{
    private const int ExecutionProviderFailed = 11;

    private static nint* _api, _epApi;

    /// <summary>Takes the tables of the library that loads this one; an error when it is too old for them.</summary>
    public static void Load(nint* apiBase)
    {
        _api = (nint*)((delegate* unmanaged<uint, nint>)apiBase[BaseSlot.GetApi])(Made.ApiVersion);
        if (_api == null)
            throw new InvalidOperationException($"This provider is made for ONNX Runtime 1.{Made.ApiVersion} or newer, this is {Text(((delegate* unmanaged<byte*>)apiBase[BaseSlot.GetVersionString])())}; build both anew");
        _epApi = (nint*)((delegate* unmanaged<nint>)_api[ApiSlot.GetEpApi])();
    }

    /// <summary>Whether <see cref="Load"/> had success, so that an error can be given as a status.</summary>
    public static bool IsLoaded => _api != null;

    /// <summary>The status of an exception.</summary>
    public static nint StatusOf(Exception problem)
    {
        if (problem is StatusException { Status: var status })
            return status;
        fixed (byte* text = Encoding.UTF8.GetBytes(problem.Message + '\0'))
            return ((delegate* unmanaged<int, byte*, nint>)_api[ApiSlot.CreateStatus])(ExecutionProviderFailed, text);
    }

    /// <summary>Text that C keeps, which stays.</summary>
    public static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    /// <summary>Offers the accelerator as a device of a factory.</summary>
    /// <param name="factory">Who offers it.</param>
    /// <param name="vendor">Number of the vendor on PCI's list.</param>
    /// <param name="device">Number of the device.</param>
    /// <param name="name">The vendor's name.</param>
    /// <param name="metadata">What can be read of the device.</param>
    /// <returns>The hardware device, which the factory owns, and the device that ONNX Runtime owns.</returns>
    public static (nint Hardware, nint Device) CreateDevice(nint factory, uint vendor, uint device, string name, IEnumerable<(string Key, string Value)> metadata)
    {
        const int Npu = 2;
        nint pairs, hardware, offered;
        ((delegate* unmanaged<nint*, void>)_api[ApiSlot.CreateKeyValuePairs])(&pairs);
        try
        {
            foreach (var (key, value) in metadata)
                fixed (byte* left = Encoding.UTF8.GetBytes(key + '\0'), right = Encoding.UTF8.GetBytes(value + '\0'))
                    ((delegate* unmanaged<nint, byte*, byte*, void>)_api[ApiSlot.AddKeyValuePair])(pairs, left, right);
            fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
                Check(((delegate* unmanaged<int, uint, uint, byte*, nint, nint*, nint>)_epApi[EpApiSlot.CreateHardwareDevice])(Npu, vendor, device, text, pairs, &hardware));
        }
        finally
        {
            ((delegate* unmanaged<nint, void>)_api[ApiSlot.ReleaseKeyValuePairs])(pairs);
        }

        Check(((delegate* unmanaged<nint, nint, nint, nint, nint*, nint>)_epApi[EpApiSlot.CreateEpDevice])(factory, hardware, 0, 0, &offered));
        return (hardware, offered);
    }

    public static void ReleaseHardware(nint hardware) => ((delegate* unmanaged<nint, void>)_epApi[EpApiSlot.ReleaseHardwareDevice])(hardware);

    /// <summary>An option of a session; null when it is not set.</summary>
    public static string? Option(nint sessionOptions, string key)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(key + '\0'))
        {
            int has;
            Check(((delegate* unmanaged<nint, byte*, int*, nint>)_api[ApiSlot.HasSessionConfigEntry])(sessionOptions, name, &has));
            if (has == 0)
                return null;
            nuint size = 0;
            Check(((delegate* unmanaged<nint, byte*, byte*, nuint*, nint>)_api[ApiSlot.GetSessionConfigEntry])(sessionOptions, name, null, &size));
            var text = new byte[size];
            fixed (byte* value = text)
                Check(((delegate* unmanaged<nint, byte*, byte*, nuint*, nint>)_api[ApiSlot.GetSessionConfigEntry])(sessionOptions, name, value, &size));
            return Encoding.UTF8.GetString(text).TrimEnd('\0');
        }
    }

    public static nint[] Nodes(nint graph) => List(graph, ApiSlot.Graph_GetNumNodes, ApiSlot.Graph_GetNodes);

    public static nint[] GraphInputs(nint graph) => List(graph, ApiSlot.Graph_GetNumInputs, ApiSlot.Graph_GetInputs);

    public static nint[] GraphOutputs(nint graph) => List(graph, ApiSlot.Graph_GetNumOutputs, ApiSlot.Graph_GetOutputs);

    /// <summary>Whether a graph is the branch of a node, not the network itself.</summary>
    public static bool IsBranch(nint graph) => Pointer(graph, ApiSlot.Graph_GetParentNode) != 0;

    /// <summary>What a node reads; 0 for an optional input that is left out.</summary>
    public static nint[] NodeInputs(nint node) => List(node, ApiSlot.Node_GetNumInputs, ApiSlot.Node_GetInputs);

    public static nint[] NodeOutputs(nint node) => List(node, ApiSlot.Node_GetNumOutputs, ApiSlot.Node_GetOutputs);

    public static nint[] Attributes(nint node) => List(node, ApiSlot.Node_GetNumAttributes, ApiSlot.Node_GetAttributes);

    public static string NodeName(nint node) => Text((byte*)Pointer(node, ApiSlot.Node_GetName));

    public static string NodeKind(nint node) => Text((byte*)Pointer(node, ApiSlot.Node_GetOperatorType));

    public static string NodeDomain(nint node) => Text((byte*)Pointer(node, ApiSlot.Node_GetDomain));

    public static string ValueName(nint value) => Text((byte*)Pointer(value, ApiSlot.GetValueInfoName));

    public static string AttributeName(nint attribute) => Text((byte*)Pointer(attribute, ApiSlot.OpAttr_GetName));

    public static int AttributeType(nint attribute)
    {
        int type;
        Check(((delegate* unmanaged<nint, int*, nint>)_api[ApiSlot.OpAttr_GetType])(attribute, &type));
        return type;
    }

    /// <summary>The bytes of an attribute: of a number, of numbers, or of a text.</summary>
    public static byte[] AttributeBytes(nint attribute, int type)
    {
        // Asked with no room it says, as an error, how much it needs.
        nuint size = 0;
        var status = ((delegate* unmanaged<nint, int, byte*, nuint, nuint*, nint>)_api[ApiSlot.ReadOpAttr])(attribute, type, null, 0, &size);
        if (status != 0)
            ((delegate* unmanaged<nint, void>)_api[ApiSlot.ReleaseStatus])(status);
        var bytes = new byte[size];
        if (size > 0)
            fixed (byte* to = bytes)
                Check(((delegate* unmanaged<nint, int, byte*, nuint, nuint*, nint>)_api[ApiSlot.ReadOpAttr])(attribute, type, to, size, &size));
        return bytes;
    }

    /// <summary>Type of elements and sizes of axes, negative ones where they are not fixed; no sizes when it is no tensor.</summary>
    public static (int Type, long[]? Shape) TypeOf(nint value)
    {
        nint type = Pointer(value, ApiSlot.GetValueInfoTypeInfo), tensor;
        Check(((delegate* unmanaged<nint, nint*, nint>)_api[ApiSlot.CastTypeInfoToTensorInfo])(type, &tensor));
        if (tensor == 0)
            return (0, null);
        int elements;
        Check(((delegate* unmanaged<nint, int*, nint>)_api[ApiSlot.GetTensorElementType])(tensor, &elements));
        nuint rank;
        Check(((delegate* unmanaged<nint, nuint*, nint>)_api[ApiSlot.GetDimensionsCount])(tensor, &rank));
        var shape = new long[rank];
        fixed (long* sizes = shape)
            Check(((delegate* unmanaged<nint, long*, nuint, nint>)_api[ApiSlot.GetDimensions])(tensor, sizes, rank));
        return (elements, shape);
    }

    /// <summary>Where the elements of a constant lie while the graph lives; null when the value is none.</summary>
    public static (nint Start, int Bytes)? Constant(nint value)
    {
        byte isConstant;
        Check(((delegate* unmanaged<nint, byte*, nint>)_api[ApiSlot.ValueInfo_IsConstantInitializer])(value, &isConstant));
        if (isConstant == 0 || Pointer(value, ApiSlot.ValueInfo_GetInitializerValue) is not (not 0 and var tensor))
            return null;
        nuint size;
        Check(((delegate* unmanaged<nint, nuint*, nint>)_api[ApiSlot.GetTensorSizeInBytes])(tensor, &size));
        return size > int.MaxValue ? null : (Pointer(tensor, ApiSlot.GetTensorData), (int)size);
    }

    /// <summary>Claims nodes, which become one. Constants are read while it is compiled, and not handed over in each run.</summary>
    public static void Fuse(nint supportInfo, ReadOnlySpan<nint> nodes)
    {
        // OrtNodeFusionOptions: a version, and whether constants are dropped.
        var options = stackalloc uint[] { Made.ApiVersion, 1 };
        fixed (nint* first = nodes)
            Check(((delegate* unmanaged<nint, nint*, nuint, uint*, nint>)_epApi[EpApiSlot.EpGraphSupportInfo_AddNodesToFuse])(supportInfo, first, (nuint)nodes.Length, options));
    }

    /// <summary>The elements of an input of a run.</summary>
    public static byte* Input(nint context, int at, out long bytes)
    {
        nint value;
        Check(((delegate* unmanaged<nint, nuint, nint*, nint>)_api[ApiSlot.KernelContext_GetInput])(context, (nuint)at, &value));
        nuint size;
        Check(((delegate* unmanaged<nint, nuint*, nint>)_api[ApiSlot.GetTensorSizeInBytes])(value, &size));
        bytes = (long)size;
        return (byte*)Pointer(value, ApiSlot.GetTensorData);
    }

    /// <summary>Where the elements of an output of a run go.</summary>
    public static byte* Output(nint context, int at, ReadOnlySpan<long> shape)
    {
        nint value;
        fixed (long* sizes = shape)
            Check(((delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)_api[ApiSlot.KernelContext_GetOutput])(context, (nuint)at, sizes, (nuint)shape.Length, &value));
        return (byte*)Pointer(value, ApiSlot.GetTensorMutableData);
    }

    private static nint[] List(nint owner, int countSlot, int listSlot)
    {
        nuint count;
        Check(((delegate* unmanaged<nint, nuint*, nint>)_api[countSlot])(owner, &count));
        var list = new nint[count];
        fixed (nint* first = list)
            Check(((delegate* unmanaged<nint, nint*, nuint, nint>)_api[listSlot])(owner, first, count));
        return list;
    }

    private static nint Pointer(nint owner, int slot)
    {
        nint result;
        Check(((delegate* unmanaged<nint, nint*, nint>)_api[slot])(owner, &result));
        return result;
    }

    private static void Check(nint status)
    {
        if (status != 0)
            throw new StatusException(status);
    }
}
