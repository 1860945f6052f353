// The program that serves virtual accelerators to QEMU. Unaware of boards and of images.

using System.Globalization;
using System.Net.Sockets;
using Imagecraft.VfioUser;
using Imagecraft.VirtualNpu;

const string EndsWithParent = "--ends-with-parent", FaultOption = "--fault=";
string[] options = [.. args.Where(word => word.StartsWith('-'))];
if (args.Except(options).ToArray() is not [var path] || options.Any(option => option != EndsWithParent && !option.StartsWith(FaultOption, StringComparison.Ordinal)))
{
    Console.Error.WriteLine($"Usage: imagecraft-vnpu [{EndsWithParent}] [{FaultOption}NAME[:COUNT]]... SOCKET\nServes one virtual accelerator to QEMU's vfio-user-pci; `firmware` instead of a socket writes the firmware to the standard output");
    return 3;
}

if (options.Contains(EndsWithParent))
    ParentDeath.End();

if (path == "firmware")
{
    using var output = Console.OpenStandardOutput();
    output.Write(Firmware.Whole.Write());
    return 0;
}

var faults = new Faults();
foreach (var option in options.Where(option => option != EndsWithParent).Select(option => option[FaultOption.Length..].Split(':')))
{
    var count = 1;
    if (!Enum.TryParse<Fault>(option[0].Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var fault) || (option.Length > 1 && !int.TryParse(option[1], CultureInfo.InvariantCulture, out count)))
    {
        Console.Error.WriteLine($"`{string.Join(':', option)}` is no fault; there are [{string.Join(", ", Enum.GetNames<Fault>())}], each with `:COUNT` behind it");
        return 3;
    }

    faults.Add(fault, count);
}

using var end = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    end.Cancel();
};
try
{
    var server = new DeviceServer(NpuDevice.Description, (memory, interrupts) => new NpuDevice(memory, interrupts, faults, end.Cancel, Environment.ProcessorCount));
    await server.RunAsync(path, Console.Error.WriteLine, () => Console.WriteLine("listening"), end.Token);
    return 0;
}
catch (SocketException problem)
{
    Console.Error.WriteLine($"The socket `{path}` cannot be made: {problem.Message}");
    return 2;
}
