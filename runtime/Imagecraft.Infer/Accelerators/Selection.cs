// Finds the accelerator that a session is to run on. Unaware of networks.

using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Infer.Accelerators;

/// <summary>A provider with one of its devices.</summary>
sealed record Selection(Provider Provider, OrtEpDevice Device)
{
    /// <summary>The first accelerator; null for the processor, where that was asked for, or nothing else is there and may be missing.</summary>
    public static Selection? Of(DeviceChoice choice)
    {
        if (choice.Kind == DeviceKind.Cpu)
            return choice.IsRequired ? throw new InferException("`--require-device` needs `--device npu`") : null;
        var providers = Provider.Installed();
        foreach (var provider in providers)
            if (provider.Devices() is [var device, ..])
                return new(provider, device);
        if (choice.Kind == DeviceKind.Auto && !choice.IsRequired)
            return null;
        throw new InferException(providers.Length == 0
            ? "There is no execution provider beside this program; add the package of your accelerator's, such as `vnpu-provider`, to the image"
            : $"There is no accelerator: {string.Join("; ", providers.Select(Reasons))}");
    }

    /// <summary>Why a provider offers nothing.</summary>
    public static string Reasons(Provider provider)
    {
        using var report = provider.Report();
        return report is null ? $"{provider.Name} tells no reason" : string.Join("; ", report.RootElement.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()));
    }
}
