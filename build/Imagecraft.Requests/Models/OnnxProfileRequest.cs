// What `onnx-profile` is told. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Profiles;

namespace Imagecraft.Requests.Models;

/// <summary>A network is held against what runs it.</summary>
/// <param name="Name">The model, for messages.</param>
/// <param name="Profile">What is taken.</param>
/// <param name="MustFit">Whether a node that is not taken is an error.</param>
public sealed record OnnxProfileRequest(string Name, Profile Profile, bool MustFit) : IRequest
{
    /// <summary>What it may cost; null: anything.</summary>
    public Budget? Budget { get; init; }

    /// <inheritdoc/>
    public static string FunctionName => "onnx-profile";

    /// <summary>The network.</summary>
    public static InputSlot NetworkInput { get; } = new("/model.onnx");

    /// <summary>The shares that are taken, as JSON.</summary>
    public static OutputSlot ReportOutput => OutputSlot.File;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [ReportOutput.Spec];
}
