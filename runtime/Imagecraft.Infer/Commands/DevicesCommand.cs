// `devices`: on what networks can run here. Unaware of networks.

using System.Text.Json;
using Imagecraft.Infer.Accelerators;

namespace Imagecraft.Infer.Commands;

static class DevicesCommand
{
    public static int Run(ReadOnlySpan<string> words, TextWriter output)
    {
        if (words.Length > 0)
            throw new InferException($"`devices` takes nothing, `{words[0]}` is one word too many");
        output.WriteLine($"cpu       {Environment.ProcessorCount} processors");
        foreach (var provider in Provider.Installed())
        {
            var offered = provider.Devices();
            using var report = provider.Report();
            if (report is null)
            {
                foreach (var device in offered)
                    output.WriteLine($"npu       {device.EpName} of {device.EpVendor}");
                continue;
            }
            foreach (var device in report.RootElement.GetProperty("devices").EnumerateArray())
                output.WriteLine($"npu       {Text(device, "path")}: {provider.Accelerator} {Text(device, "hardware")}, firmware {Text(device, "firmware")}, driver {Text(device, "driver")}, {device.GetProperty("clockHertz").GetInt64() / 1_000_000} MHz; {provider.Name} {Text(report.RootElement, "version")}");
            foreach (var reason in report.RootElement.GetProperty("reasons").EnumerateArray())
                output.WriteLine($"none      {provider.Name}: {reason.GetString()}");
        }
        return ExitCode.Done;
    }

    static string? Text(JsonElement owner, string key) => owner.GetProperty(key).GetString();
}
