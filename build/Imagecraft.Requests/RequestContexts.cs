// Which requests there are, for the generated code that writes and reads them. Unaware of what they say.

using System.Text.Json.Serialization;
using Imagecraft.Requests.Configuration;
using Imagecraft.Requests.Datasets;
using Imagecraft.Requests.Drivers;
using Imagecraft.Requests.Imaging;
using Imagecraft.Requests.Models;
using Imagecraft.Requests.Packages;
using Imagecraft.Requests.Sources;

namespace Imagecraft.Requests;

/// <summary>Reads requests.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(UnpackDebRequest))]
[JsonSerializable(typeof(MergePackagesRequest))]
[JsonSerializable(typeof(SplitPackagesRequest))]
[JsonSerializable(typeof(AssembleSourceRequest))]
[JsonSerializable(typeof(OverlayRequest))]
[JsonSerializable(typeof(MergeFragmentsRequest))]
[JsonSerializable(typeof(CheckConfigRequest))]
[JsonSerializable(typeof(IndexDriversRequest))]
[JsonSerializable(typeof(CheckDriversRequest))]
[JsonSerializable(typeof(CheckModulesRequest))]
[JsonSerializable(typeof(DatasetIdxRequest))]
[JsonSerializable(typeof(DatasetAudioRequest))]
[JsonSerializable(typeof(DatasetTextRequest))]
[JsonSerializable(typeof(DatasetFilesRequest))]
[JsonSerializable(typeof(MakeRootFsRequest))]
[JsonSerializable(typeof(MakeDiskRequest))]
[JsonSerializable(typeof(MakeCommandLineRequest))]
[JsonSerializable(typeof(CheckBootChainRequest))]
[JsonSerializable(typeof(CheckHardeningRequest))]
[JsonSerializable(typeof(MakeCpioRequest))]
[JsonSerializable(typeof(MakeOciRequest))]
[JsonSerializable(typeof(MakeManifestRequest))]
[JsonSerializable(typeof(MakeChecksumsRequest))]
[JsonSerializable(typeof(OnnxPrepareRequest))]
[JsonSerializable(typeof(OnnxGatherRequest))]
[JsonSerializable(typeof(OnnxFuseRequest))]
[JsonSerializable(typeof(OnnxQuantizeRequest))]
[JsonSerializable(typeof(OnnxContextsRequest))]
[JsonSerializable(typeof(OnnxConvertRequest))]
[JsonSerializable(typeof(OnnxChooseRequest))]
[JsonSerializable(typeof(OnnxProfileRequest))]
[JsonSerializable(typeof(OnnxEvaluateRequest))]
[JsonSerializable(typeof(OnnxGoldenRequest))]
internal sealed partial class RequestReader : JsonSerializerContext;

/// <summary>Writes them without the reader's tables, whose set-up every call with nothing to do would pay.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(UnpackDebRequest))]
[JsonSerializable(typeof(MergePackagesRequest))]
[JsonSerializable(typeof(SplitPackagesRequest))]
[JsonSerializable(typeof(AssembleSourceRequest))]
[JsonSerializable(typeof(OverlayRequest))]
[JsonSerializable(typeof(MergeFragmentsRequest))]
[JsonSerializable(typeof(CheckConfigRequest))]
[JsonSerializable(typeof(IndexDriversRequest))]
[JsonSerializable(typeof(CheckDriversRequest))]
[JsonSerializable(typeof(CheckModulesRequest))]
[JsonSerializable(typeof(DatasetIdxRequest))]
[JsonSerializable(typeof(DatasetAudioRequest))]
[JsonSerializable(typeof(DatasetTextRequest))]
[JsonSerializable(typeof(DatasetFilesRequest))]
[JsonSerializable(typeof(MakeRootFsRequest))]
[JsonSerializable(typeof(MakeDiskRequest))]
[JsonSerializable(typeof(MakeCommandLineRequest))]
[JsonSerializable(typeof(CheckBootChainRequest))]
[JsonSerializable(typeof(CheckHardeningRequest))]
[JsonSerializable(typeof(MakeCpioRequest))]
[JsonSerializable(typeof(MakeOciRequest))]
[JsonSerializable(typeof(MakeManifestRequest))]
[JsonSerializable(typeof(MakeChecksumsRequest))]
[JsonSerializable(typeof(OnnxPrepareRequest))]
[JsonSerializable(typeof(OnnxGatherRequest))]
[JsonSerializable(typeof(OnnxFuseRequest))]
[JsonSerializable(typeof(OnnxQuantizeRequest))]
[JsonSerializable(typeof(OnnxContextsRequest))]
[JsonSerializable(typeof(OnnxConvertRequest))]
[JsonSerializable(typeof(OnnxChooseRequest))]
[JsonSerializable(typeof(OnnxProfileRequest))]
[JsonSerializable(typeof(OnnxEvaluateRequest))]
[JsonSerializable(typeof(OnnxGoldenRequest))]
internal sealed partial class RequestWriter : JsonSerializerContext;
