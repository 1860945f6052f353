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
    var (name, count) = (option[0], 1);
    if (Enum.GetValues<Fault>().Where(known => Word(known) == name).ToArray() is not [var fault] || option.Length > 2 || (option.Length == 2 && !(int.TryParse(option[1], NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0)))
    {
        Console.Error.WriteLine($"`{string.Join(':', option)}` is no fault; there are [{string.Join(", ", Enum.GetValues<Fault>().Select(Word))}], each with `:COUNT` behind it");
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
catch (Exception problem) when (problem is SocketException or ArgumentOutOfRangeException)
{
    var remedy = problem switch
    {
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => "it exists already; remove it when no other server has it",
        SocketException => $"{problem.Message}; its folder must exist",
        _ => "its path is longer than the 107 bytes that a socket may have",
    };
    Console.Error.WriteLine($"The socket `{path}` cannot be made: {remedy}");
    return 2;
}

static string Word(Fault fault) => string.Concat(fault.ToString().Select((letter, i) => char.IsUpper(letter) && i > 0 ? $"-{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
