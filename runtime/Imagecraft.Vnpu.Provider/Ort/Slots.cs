// Where functions stand in ONNX Runtime's tables, counted in pointers. Made from its headers by the test `SlotTests`, which says when they no longer fit; unaware of what the functions do.

namespace Imagecraft.Vnpu.Provider.Ort;

/// <summary>The version whose headers the numbers are from.</summary>
internal static class Made
{
    public const int ApiVersion = 31;
}

/// <summary><c>OrtApiBase</c>.</summary>
internal static class BaseSlot
{
    public const int GetApi = 0;
    public const int GetVersionString = 1;
}

/// <summary><c>OrtApi</c>.</summary>
internal static class ApiSlot
{
    public const int CreateStatus = 0;
    public const int ReleaseStatus = 93;
    public const int GetTensorMutableData = 51;
    public const int CastTypeInfoToTensorInfo = 55;
    public const int GetTensorElementType = 60;
    public const int GetDimensionsCount = 61;
    public const int GetDimensions = 62;
    public const int KernelContext_GetInput = 90;
    public const int KernelContext_GetOutput = 91;
    public const int HasSessionConfigEntry = 237;
    public const int GetSessionConfigEntry = 238;
    public const int ReadOpAttr = 272;
    public const int GetTensorSizeInBytes = 318;
    public const int GetValueInfoName = 289;
    public const int GetValueInfoTypeInfo = 290;
    public const int CreateKeyValuePairs = 295;
    public const int AddKeyValuePair = 296;
    public const int ReleaseKeyValuePairs = 300;
    public const int GetEpApi = 317;
    public const int ValueInfo_GetInitializerValue = 326;
    public const int ValueInfo_IsConstantInitializer = 331;
    public const int Graph_GetNumInputs = 338;
    public const int Graph_GetInputs = 339;
    public const int Graph_GetNumOutputs = 340;
    public const int Graph_GetOutputs = 341;
    public const int Graph_GetNumNodes = 344;
    public const int Graph_GetNodes = 345;
    public const int Graph_GetParentNode = 346;
    public const int Node_GetName = 349;
    public const int Node_GetOperatorType = 350;
    public const int Node_GetDomain = 351;
    public const int Node_GetNumInputs = 353;
    public const int Node_GetInputs = 354;
    public const int Node_GetNumOutputs = 355;
    public const int Node_GetOutputs = 356;
    public const int Node_GetNumAttributes = 359;
    public const int Node_GetAttributes = 360;
    public const int OpAttr_GetType = 363;
    public const int OpAttr_GetName = 364;
    public const int GetTensorData = 378;
}

/// <summary><c>OrtEpApi</c>.</summary>
internal static class EpApiSlot
{
    public const int CreateEpDevice = 0;
    public const int EpGraphSupportInfo_AddNodesToFuse = 2;
    public const int CreateHardwareDevice = 16;
    public const int ReleaseHardwareDevice = 17;
}

/// <summary><c>OrtEpFactory</c>; its first word is a version.</summary>
internal static class FactorySlot
{
    public const int GetName = 1;
    public const int GetVendor = 2;
    public const int GetSupportedDevices = 3;
    public const int CreateEp = 4;
    public const int ReleaseEp = 5;
    public const int GetVendorId = 6;
    public const int GetVersion = 7;
    public const int CreateDataTransfer = 11;
    public const int Count = 21;
}

/// <summary><c>OrtEp</c>; its first word is a version.</summary>
internal static class EpSlot
{
    public const int GetName = 1;
    public const int GetCapability = 2;
    public const int Compile = 3;
    public const int ReleaseNodeComputeInfos = 4;
    public const int Count = 27;
}

/// <summary><c>OrtNodeComputeInfo</c>; its first word is a version.</summary>
internal static class ComputeSlot
{
    public const int CreateState = 1;
    public const int Compute = 2;
    public const int ReleaseState = 3;
    public const int Count = 4;
}
