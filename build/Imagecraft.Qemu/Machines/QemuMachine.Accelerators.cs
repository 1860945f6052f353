// The accelerators of a running machine that programs of the host serve. Unaware of what they compute.

using System.Collections.Immutable;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Machines;

public sealed partial class QemuMachine
{
    private readonly List<AcceleratorServer> servers;

    /// <summary>Adds an accelerator of <see cref="MachineDescription.Accelerators"/> to a machine that runs without, and waits until its driver has made its device nodes. To be taken away again, it needs the machine's end.</summary>
    /// <param name="name">The accelerator.</param>
    /// <param name="limit">For the driver.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="ArgumentException">The machine has no port for it.</exception>
    /// <exception cref="MachineException">Its server does not start, QEMU does not take it, or no driver does.</exception>
    public Task PlugAsync(string name, TimeSpan limit, CancellationToken cancellationToken) => PlugAsync(name, [], startsDriver: true, limit, cancellationToken);

    /// <summary>The same of one with which things go wrong.</summary>
    /// <param name="name">The accelerator.</param>
    /// <param name="faults">What goes wrong, as its server names it.</param>
    /// <param name="startsDriver">Whether its driver will make its device nodes all the same.</param>
    /// <param name="limit">For the driver.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="ArgumentException">The machine has no port for it.</exception>
    /// <exception cref="MachineException">Its server does not start, QEMU does not take it, or no driver does.</exception>
    public async Task PlugAsync(string name, ImmutableArray<string> faults, bool startsDriver, TimeSpan limit, CancellationToken cancellationToken)
    {
        ServedAccelerator accelerator = Description.Accelerators.FirstOrDefault(served => served.Name == name) ?? throw new ArgumentException($"The machine has no port for an accelerator `{name}`", nameof(name));
        int index = Description.Accelerators.IndexOf(accelerator);
        string socket = SocketOf(folder, index);
        servers.Add(await AcceleratorServer.StartAsync(accelerator.With(faults), socket, cancellationToken));
        try
        {
            await Qmp!.ExecuteAsync("device_add", QemuArguments.Accelerator(index, socket), cancellationToken);
        }
        catch (IOException refusal)
        {
            throw new MachineStartException($"QEMU does not take accelerator `{name}`: {refusal.Message}");
        }

        CommandResult found = await Console.RunAsync(ShellProgram.Command("find-accelerator", [$"{Math.Max(1, (int)limit.TotalSeconds)}", .. startsDriver ? accelerator.Nodes : []]), limit * 2, cancellationToken);
        if (!found.Succeeded)
            throw new AcceleratorMissingException(name, accelerator.Nodes, limit, found.Output);
    }

    /// <summary>How the server of one of its accelerators ended by itself; null: all run, or there are none.</summary>
    public async Task<string?> AcceleratorEndAsync()
    {
        foreach (AcceleratorServer server in servers)
            if (await server.EndAsync() is { } end)
                return end;
        return null;
    }

    private static async Task<ImmutableArray<string>> ServeAsync(MachineDescription machine, DirectoryInfo folder, List<AcceleratorServer> servers, CancellationToken cancellationToken)
    {
        if (!machine.HasAccelerators)
            return [];
        foreach (ServedAccelerator accelerator in machine.Accelerators)
            servers.Add(await AcceleratorServer.StartAsync(accelerator, SocketOf(folder, servers.Count), cancellationToken));
        return [.. servers.Select((_, index) => SocketOf(folder, index))];
    }

    private static string SocketOf(DirectoryInfo folder, int accelerator) => Path.Combine(folder.FullName, $"accelerator-{accelerator}");

    private static async Task EndAsync(List<AcceleratorServer> servers)
    {
        foreach (AcceleratorServer server in servers)
            await server.DisposeAsync();
    }
}
