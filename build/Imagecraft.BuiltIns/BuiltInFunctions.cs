// The registry: every built-in function that planning names.

using System.Collections.Immutable;
using Imagecraft.BuiltIns.Configuration;
using Imagecraft.BuiltIns.Datasets;
using Imagecraft.BuiltIns.Drivers;
using Imagecraft.BuiltIns.Imaging;
using Imagecraft.BuiltIns.Models;
using Imagecraft.BuiltIns.Packages;
using Imagecraft.BuiltIns.Sources;
using Imagecraft.Engine.Actions;

namespace Imagecraft.BuiltIns;

/// <summary>All built-in functions.</summary>
public static class BuiltInFunctions
{
    /// <summary>One instance of each.</summary>
    public static ImmutableArray<IBuiltIn> All { get; } =
    [
        new UnpackDeb(), new MergePackages(), new AssembleSource(), new Overlay(),
        new MergeFragments(), new CheckConfig(), new IndexDrivers(), new CheckDrivers(), new CheckModules(), new SplitPackages(),
        new MakeRootFs(), new MakeDisk(), new MakeCommandLine(), new CheckBootChain(), new CheckHardening(), new MakeCpio(), new MakeOci(), new MakeManifest(), new MakeChecksums(),
        new OnnxGather(), new OnnxPrepare(), new OnnxFuse(), new OnnxQuantize(), new OnnxChoose(), new OnnxConvert(), new OnnxProfile(), new OnnxContexts(), new OnnxEvaluate(), new OnnxGolden(),
        new DatasetIdx(), new DatasetAudio(), new DatasetText(), new DatasetFiles(),
    ];
}
